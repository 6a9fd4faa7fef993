package lab

import (
	"fmt"
	"os"
	"path/filepath"
)

// DataFolder is the user's: $XDG_DATA_HOME/unmixlab, or what the system has for it.
func DataFolder() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "unmixlab"), nil
	}
	if home, err := os.UserHomeDir(); err == nil {
		if share := filepath.Join(home, ".local", "share"); isFolder(share) {
			return filepath.Join(share, "unmixlab"), nil
		}
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no folder for data is known (%w): name one with --data", err)
	}
	return filepath.Join(dir, "unmixlab"), nil
}

// ModelFolder is where a data folder has the user's models.
func ModelFolder(data string) string { return filepath.Join(data, "models") }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
