"""The schedule language: files to chapters, and back."""
