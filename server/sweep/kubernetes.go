package sweep

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/goccy/go-yaml"
)

// Kubernetes is a sweep as an Indexed Job.
type Kubernetes struct {
	Jobs  int      // points at once; 0: as many as there is room for
	Flags []string // of sweep task
}

// mounted is where a container finds the sweep's folder.
const mounted = "/sweep"

// retries is how often a point is begun anew that ended without a word of its own.
const retries = 3

// Job is the Job that does what the folder is missing, as YAML. The folder has to be in
// the volume claim that the sweep's resources name; a point that was interrupted (75)
// goes on, one that failed is not tried again.
func (f *Folder) Job(k Kubernetes) ([]byte, error) {
	r := f.Sweep.Resources
	type object = map[string]any
	parallel := cmp.Or(k.Jobs, r.Jobs, len(f.order))
	container := object{
		"name": "point", "image": cmp.Or(r.Image, "unmixlab"),
		"command":      append([]string{"unmixlab", "sweep", "task"}, append(k.Flags, mounted, "$(JOB_COMPLETION_INDEX)")...),
		"env":          []object{{"name": "GOMAXPROCS", "value": "1"}},
		"resources":    object{"requests": object{"cpu": "1", "memory": memory(r.Memory)}},
		"volumeMounts": []object{{"name": "sweep", "mountPath": mounted}},
	}
	pod := object{
		"restartPolicy": "Never", "terminationGracePeriodSeconds": signalBefore, "containers": []object{container},
		"volumes": []object{{"name": "sweep", "persistentVolumeClaim": object{"claimName": cmp.Or(r.Claim, "sweeps")}}},
	}
	job := object{
		"completions": len(f.order), "parallelism": max(1, min(parallel, len(f.order))), "completionMode": "Indexed",
		"backoffLimitPerIndex": retries, "template": object{"spec": pod},
		"podFailurePolicy": object{"rules": []object{
			{"action": "Ignore", "onExitCodes": object{"containerName": "point", "operator": "In", "values": []int{interrupted}}},
			{"action": "Ignore", "onPodConditions": []object{{"type": "DisruptionTarget", "status": "True"}}},
			{"action": "FailIndex", "onExitCodes": object{"containerName": "point", "operator": "In", "values": []int{1, 2}}},
		}},
	}
	name := "sweep-" + strings.Trim(strings.ToLower(strings.ReplaceAll(f.Sweep.Name, "_", "-")), "-")
	b, err := json.Marshal(object{"apiVersion": "batch/v1", "kind": "Job", "metadata": object{"name": name}, "spec": job})
	if err != nil {
		return nil, err
	}
	return yaml.JSONToYAML(b)
}

// memory is Slurm's way of writing memory in Kubernetes': 2G is 2Gi, and a number alone
// is megabytes.
func memory(text string) string {
	switch {
	case text == "":
		return "1Gi"
	case strings.ContainsAny(text, "KMGT"):
		return text + "i"
	}
	return text + "Mi"
}
