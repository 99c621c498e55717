resource "aws_security_group" "host" {
  name        = "${local.name}-host"
  description = "TEE-Rex hosts: https in, anything out"
  vpc_id      = var.vpc_id
}

# The one port. There is no SSH: Systems Manager connects from inside.
resource "aws_vpc_security_group_ingress_rule" "https" {
  for_each = { ipv4 = "0.0.0.0/0", ipv6 = "::/0" }

  security_group_id = aws_security_group.host.id
  description       = "https"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.key == "ipv4" ? each.value : null
  cidr_ipv6         = each.key == "ipv6" ? each.value : null
}

resource "aws_vpc_security_group_egress_rule" "all" {
  for_each = { ipv4 = "0.0.0.0/0", ipv6 = "::/0" }

  security_group_id = aws_security_group.host.id
  description       = "S3, Systems Manager, packages, bb and CRS"
  ip_protocol       = "-1"
  cidr_ipv4         = each.key == "ipv4" ? each.value : null
  cidr_ipv6         = each.key == "ipv6" ? each.value : null
}

resource "aws_instance" "host" {
  for_each = var.hosts

  ami                         = var.image_id
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_ids[index(sort(var.hosts), each.key) % length(var.subnet_ids)]
  vpc_security_group_ids      = [aws_security_group.host.id]
  iam_instance_profile        = aws_iam_instance_profile.host.name
  associate_public_ip_address = true
  disable_api_termination     = var.environment == "production"
  user_data                   = file("${path.module}/host-setup.sh")

  enclave_options {
    enabled = true
  }

  # IMDSv2 alone, and not from a container or through a proxy.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  root_block_device {
    volume_size = 10
    volume_type = "gp3"
    encrypted   = true
  }

  tags = {
    Name = "${local.name}-${each.key}"
  }

  # A change of these would replace an instance, which ends its enclaves; its subnet changes when a host is added
  # that comes before it in the alphabet. So they count for new hosts alone; to replace one: tofu apply -replace=….
  lifecycle {
    ignore_changes = [ami, subnet_id, user_data]
  }
}

resource "aws_eip" "host" {
  for_each = aws_instance.host

  instance = each.value.id
  domain   = "vpc"
}

resource "aws_ssm_document" "host" {
  name            = local.name
  document_type   = "Command"
  document_format = "JSON"
  content         = file("${path.module}/host-document.json")
}
