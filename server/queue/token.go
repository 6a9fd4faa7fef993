package queue

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"unmixlab/server/store"
)

const maxToken = 1 << 10 // bytes of a token's file

// ReadToken reads the file of a token.
func ReadToken(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxToken {
		return "", fmt.Errorf("%s is no token's file: it has %d bytes", path, info.Size())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(b))
	if token == "" || strings.ContainsAny(token, " \n\r\t") {
		return "", fmt.Errorf("%s holds no token: one word is expected", path)
	}
	return token, nil
}

// Token is what a file keeps, which is made, for its owner's eyes alone, where it is not
// there yet.
func Token(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return ReadToken(path)
	}
	if err != nil {
		return "", store.Explain(err)
	}
	defer f.Close()
	token := rand.Text()
	_, err = f.WriteString(token + "\n")
	return token, store.Explain(err)
}
