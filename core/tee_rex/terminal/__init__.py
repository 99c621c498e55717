"""What our command-line programs share: help, errors, cancelling, progress."""
