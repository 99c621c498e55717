# Hosts: registered with Systems Manager, and nothing else. They get images from presigned addresses.
data "aws_iam_policy_document" "ec2" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "host" {
  name               = "${local.name}-host"
  assume_role_policy = data.aws_iam_policy_document.ec2.json
}

resource "aws_iam_role_policy_attachment" "host" {
  role       = aws_iam_role.host.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "host" {
  name = "${local.name}-host"
  role = aws_iam_role.host.name
}

# Deploying: jobs of one GitHub environment of one repository, for protected refs. Which refs may use the environment
# is a setting of GitHub's too, where somebody approves; whoever changes that setting still needs such a ref here.
# AWS looks at the claim "ref" since January 2026. An account has this provider once.
data "aws_iam_openid_connect_provider" "github" {
  url = "https://token.actions.githubusercontent.com"
}

data "aws_iam_policy_document" "github" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [data.aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.repository}:environment:${var.environment}"]
    }

    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:ref"
      values   = var.environment == "production" ? ["refs/heads/main"] : ["refs/heads/main", "refs/pull/*/merge"]
    }
  }
}

resource "aws_iam_role" "deployer" {
  name               = "${local.name}-deployer"
  assume_role_policy = data.aws_iam_policy_document.github.json
}

resource "aws_iam_role_policy" "deployer" {
  name   = "deploy"
  role   = aws_iam_role.deployer.id
  policy = data.aws_iam_policy_document.deployer.json
}

data "aws_iam_policy_document" "deployer" {
  statement {
    sid       = "Releases"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.releases.arn}/${var.environment}/*"]
  }

  # Without it, S3 answers 403 for what is not there. The bucket is this environment's alone.
  statement {
    sid       = "WhatIsThere"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.releases.arn]
  }

  # Our document on our instances: no shell of the deployer's own.
  statement {
    sid       = "Commands"
    actions   = ["ssm:SendCommand"]
    resources = concat([aws_ssm_document.host.arn], [for host in aws_instance.host : host.arn])
  }

  statement {
    sid       = "Results"
    actions   = ["ssm:GetCommandInvocation"]
    resources = ["*"] # Systems Manager knows no narrower one for this action
  }
}
