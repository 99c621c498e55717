"""The bottom of the house: files, processes, threads and text. Nothing here knows about proofs."""
