// Package build says which program this is, for whatever it writes.
package build

import (
	"runtime/debug"
	"slices"
)

// Version is the program's, such as v1.2.0, a commit's such as v0.0.0-20260102150405-…,
// or (devel); "unknown" where the program was built without.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

// Commit is the one that the program was built of, with "+changes" where files differed
// from it; "unknown" where it was built elsewhere than in a repository.
func Commit() string {
	revision := setting("vcs.revision")
	switch {
	case revision == "":
		return "unknown"
	case setting("vcs.modified") == "true":
		return revision + "+changes"
	}
	return revision
}

func setting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == key })
	if i < 0 {
		return ""
	}
	return info.Settings[i].Value
}
