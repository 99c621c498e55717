"""Attestation of AWS Nitro enclaves: whether one is genuine, and whether it runs the expected code.

``examination.examine`` verifies a document and makes every check of a policy once, as one Examination: its
``report()`` is what people and programs read, its ``require()`` is the gate, and only the VerifiedAttestation
that it gives opens the encryptor.
"""
