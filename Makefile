run test setup check bench:
	python3 dev.py $@
.PHONY: run test setup check bench
