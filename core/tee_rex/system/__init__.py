"""The bottom of the house: files, processes, threads, folders and texts. It knows nothing of proofs."""
