"""The common reference string (CRS) that bb proves with, genuine or INSECURE development."""
