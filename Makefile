# Everything is in dev.py, which also runs where there is no make.
PYTHON ?= python3

.PHONY: help build test quick clients lint bench same lock
help build test quick clients lint bench same lock:
	@$(PYTHON) dev.py $@
