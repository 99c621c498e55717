# Replace everything in capitals; keep your own copy outside of the repository.
region      = "eu-west-2"
environment = "test"
repository  = "OWNER/NAME"
bucket      = "BUCKET"
vpc_id      = "VPC"
subnet_ids  = ["SUBNET"]
domain      = "DOMAIN"
image_id    = "ami-00000000"
