"""What acts on people's wishes, a part of the application each; they share one store."""
