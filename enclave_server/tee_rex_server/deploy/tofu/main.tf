# What a fleet of TEE-Rex needs of AWS: instances, a bucket, and who may do what. Everything that happens in time
# (which release, in which order, back) is `tee-rex-server deploy`. docs/deploying.md says how to use it.

terraform {
  required_version = ">= 1.8"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # The state names every resource. Give its place with `tofu init -backend-config=FILE`.
  backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "tee-rex"
      Environment = var.environment
    }
  }
}

locals {
  name = "tee-rex-${var.environment}-${var.region}" # roles are those of all regions
  cids = range(16, 16 + var.enclaves)
}
