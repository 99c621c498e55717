"""Attestation of AWS Nitro enclaves: whether one is genuine, and whether it runs the code we expect.

Two steps, never one: ``verifier.verify_document`` says that AWS vouches for the document;
``policy.apply_policy`` says that what it tells is what the caller accepts. Only the second step's
``VerifiedAttestation`` opens the encryptor.
"""
