# make run     the lab at http://127.0.0.1:8080
# make test    everything it needs, then vet and all tests, browser tests included
# make build   one self-contained binary, bin/unmixlab
# make check   static analysis, and that generated files are what their generators give
# make pretrain  train the shipped models again (about an hour on two cores)

PACKAGES   = static/node_modules/.package-lock.json
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
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

pretrain:
	@for id in $(MODELS); do go run ./server pretrain $$id || exit 1; done
