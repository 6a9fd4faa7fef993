# make run     the lab at http://127.0.0.1:8080
# make test    everything it needs, then vet and all tests, browser tests included
# make build   one self-contained binary, bin/unmixlab
# make check   static analysis, and that generated files are what their generators give
# make pretrain  train the shipped models again (about an hour on two cores)

PACKAGES   = static/node_modules/.package-lock.json
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
KERNEL     = avx2
NOTE       = Trained with seed 1, the first and only seed that was tried.
MODELS     = modulation-chords modulation-slow spatial-chords spatial-sines dale-chords

.PHONY: run test build check kernels pretrain browser

run: $(PACKAGES)
	go run ./server

$(PACKAGES): static/package-lock.json
	@if command -v npm >/dev/null; then \
		npm ci --prefix static --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error; \
	else \
		echo "npm is not installed: the lab starts without charts"; \
	fi

test: $(PACKAGES) browser
	go vet ./...
	go test ./...

# Chromium for the browser tests, where it is missing and may be installed.
browser:
	@if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
		else \
			echo "Chromium is not installed: the browser tests are skipped"; \
		fi; \
	fi

build: $(PACKAGES)
	go run ./server vendor
	CGO_ENABLED=0 go build -trimpath -ldflags=-s -o bin/unmixlab ./server

check: kernels
	go run $(STATICCHECK) ./...
	@test -z "$$(gofmt -l server sim static templates trained_models web)" || { gofmt -l server sim static templates trained_models web; exit 1; }

# Regenerates the kernels' assembly; a difference means that somebody edited it.
kernels:
	go generate ./sim/kernel
	git diff --exit-code -- sim/kernel

# The shipped models, from their settings and seeds; each replaces its file, with the
# same weights bit by bit as long as the kernel is theirs.
pretrain: $(addprefix pretrain-,$(MODELS))

pretrain-modulation-chords: FLAGS = --model modulation --title "Modulation, chords"
pretrain-modulation-slow: FLAGS = --model modulation --tau 100 --title "Modulation, slow"
pretrain-spatial-chords: FLAGS = --model spatial --batches 16000 --title "Diffuse modulation, chords"
pretrain-spatial-sines: FLAGS = --model spatial --sources sines --batches 16000 --title "Diffuse modulation, sines"
pretrain-spatial-sines: NOTE = Trained with seed 1; seed 2 was given up after 4,500 batches, when its loss had jumped from 13 to 160.
pretrain-dale-chords: FLAGS = --model dale --seed 3 --title "Dalean network, chords"
pretrain-dale-chords: NOTE = Trained with seed 3. Of seeds 1 to 5, two learned: 1, 2 and 4 were on the plateau of loss 70 after 2,900, 900 and 1,400 batches and were given up; 5 reached a clarity of 0.89 with a feedback that works within a context rather than between contexts.

pretrain-%:
	mkdir -p bin
	go run ./server train $(FLAGS) --kernel $(KERNEL) --note "$(NOTE)" --checkpoint bin/$*.checkpoint --out bin/$*.safetensors
	mv bin/$*.safetensors trained_models/
