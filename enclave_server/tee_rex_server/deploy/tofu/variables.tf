variable "region" {
  description = "The AWS region, such as eu-west-2"
  type        = string
}

variable "environment" {
  description = "The GitHub environment whose jobs may deploy: production, or test"
  type        = string

  validation {
    condition     = contains(["production", "test"], var.environment)
    error_message = "Each environment has hosts, a bucket and a role of its own: production or test."
  }
}

variable "repository" {
  description = "OWNER/NAME of the GitHub repository"
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "Write OWNER/NAME, without wildcards."
  }
}

variable "bucket" {
  description = "A name for the bucket of releases that nobody has yet"
  type        = string
}

variable "vpc_id" {
  description = "The network that the hosts are in"
  type        = string
}

variable "subnet_ids" {
  description = "Public subnets; hosts are spread over them"
  type        = list(string)
}

variable "domain" {
  description = "Host a is a.DOMAIN; you point its name to its address"
  type        = string
}

variable "hosts" {
  description = "The names of the hosts"
  type        = set(string)
  default     = ["a"]
}

variable "enclaves" {
  description = "Enclaves for each host; with one, replacing it interrupts the service"
  type        = number
  default     = 2

  validation {
    condition     = var.enclaves >= 1 && var.enclaves <= 4
    error_message = "Nitro allows up to four enclaves for each instance."
  }
}

variable "instance_type" {
  description = "One that supports enclaves; two enclaves of 4 CPUs and 6 GiB need 16 vCPUs"
  type        = string
  default     = "c7i.4xlarge"
}

variable "image_id" {
  description = "An image of Amazon Linux 2023 for x86-64, pinned so that a plan is repeatable"
  type        = string

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.image_id))
    error_message = "Give the id of one image."
  }
}
