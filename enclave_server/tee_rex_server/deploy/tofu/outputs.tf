output "fleet" {
  description = "fleet.toml for tee-rex-server deploy, and for the variable FLEET of the GitHub environment"
  value       = <<-TOML
    region = "${var.region}"
    bucket = "${aws_s3_bucket.releases.bucket}"
    prefix = "${var.environment}"
    document = "${aws_ssm_document.host.name}"
    %{~for name in sort(var.hosts)}
    [[hosts]]
    name = "${name}"
    instance = "${aws_instance.host[name].id}"
    url = "https://${name}.${var.domain}"
    cids = ${jsonencode(local.cids)}
    %{~endfor}
  TOML
}

output "deployer_role" {
  description = "For the variable DEPLOY_ROLE of the GitHub environment"
  value       = aws_iam_role.deployer.arn
}

output "addresses" {
  description = "Point the names of the hosts to them"
  value       = { for name, address in aws_eip.host : "${name}.${var.domain}" => address.public_ip }
}
