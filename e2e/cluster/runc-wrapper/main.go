// Stands before runc: takes away the capabilities that the machine itself does not have, without which runc
// refuses ("unable to apply caps"), and gives a privileged container the newer ones that old engines leave out.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// The real one; the wrapper may stand in a folder that comes earlier in PATH.
var candidates = []string{"/usr/sbin/runc", "/usr/bin/runc"}

// Bits of the capabilities that are taken away or given.
var bits = map[string]uint{
	"CAP_SYS_RESOURCE":       24,
	"CAP_PERFMON":            38,
	"CAP_BPF":                39,
	"CAP_CHECKPOINT_RESTORE": 40,
}

var given = []string{"CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE"}

func main() {
	bounding := boundingSet()
	if bundle := valueOf("--bundle", "-b"); bundle != "" || has("create") || has("run") {
		edit(filepath.Join(bundle, "config.json"), "process", bounding)
	}
	if process := valueOf("--process", "-p"); process != "" && has("exec") {
		edit(process, "", bounding)
	}
	for _, path := range candidates {
		if _, err := os.Stat(path); err == nil {
			fail(syscall.Exec(path, append([]string{path}, os.Args[1:]...), os.Environ()))
		}
	}
	fail(fmt.Errorf("no runc at any of %v", candidates))
}

func boundingSet() uint64 {
	text, err := os.ReadFile("/proc/self/status")
	fail(err)
	for _, line := range strings.Split(string(text), "\n") {
		if value, found := strings.CutPrefix(line, "CapBnd:"); found {
			var set uint64
			_, err := fmt.Sscanf(strings.TrimSpace(value), "%x", &set)
			fail(err)
			return set
		}
	}
	return ^uint64(0)
}

func has(word string) bool {
	for _, argument := range os.Args[1:] {
		if argument == word {
			return true
		}
	}
	return false
}

func valueOf(names ...string) string {
	for index, argument := range os.Args {
		for _, name := range names {
			if value, found := strings.CutPrefix(argument, name+"="); found {
				return value
			}
			if argument == name && index+1 < len(os.Args) {
				return os.Args[index+1]
			}
		}
	}
	return ""
}

// edit rewrites the capabilities of the process that the file describes, whole or under `key`.
func edit(path string, key string, bounding uint64) {
	text, err := os.ReadFile(path)
	if err != nil {
		return // runc says it better.
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var document map[string]any
	if decoder.Decode(&document) != nil {
		return
	}
	process := document
	if key != "" {
		process, _ = document[key].(map[string]any)
	}
	sets, _ := process["capabilities"].(map[string]any)
	if sets == nil {
		return
	}
	for name, set := range sets {
		sets[name] = adjust(set, bounding)
	}
	changed, err := json.Marshal(document)
	fail(err)
	fail(os.WriteFile(path, changed, 0o600))
}

func adjust(set any, bounding uint64) []string {
	names, _ := set.([]any)
	kept := []string{}
	isPrivileged := false
	for _, each := range names {
		name, _ := each.(string)
		isPrivileged = isPrivileged || name == "CAP_SYS_BOOT"
		if bit, isKnown := bits[name]; !isKnown || bounding>>bit&1 == 1 {
			kept = append(kept, name)
		}
	}
	if !isPrivileged {
		return kept
	}
	for _, name := range given {
		if bounding>>bits[name]&1 == 1 && !contains(kept, name) {
			kept = append(kept, name)
		}
	}
	return kept
}

func contains(names []string, name string) bool {
	for _, each := range names {
		if each == name {
			return true
		}
	}
	return false
}

func fail(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "runc-wrapper:", err)
	os.Exit(1)
}
