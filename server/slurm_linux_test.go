package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// slurmConfig is a cluster of this machine alone, without passwords, accounts or
// control groups, on ports of its own.
const slurmConfig = `ClusterName=test
SlurmctldHost=%[1]s(127.0.0.1)
SlurmUser=%[2]s
SlurmdUser=%[2]s
SlurmctldPort=%[3]d
SlurmdPort=%[4]d
AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
StateSaveLocation=%[5]s/state
SlurmdSpoolDir=%[5]s/spool
SlurmctldPidFile=%[5]s/slurmctld.pid
SlurmdPidFile=%[5]s/slurmd.pid
SlurmctldLogFile=%[5]s/slurmctld.log
SlurmdLogFile=%[5]s/slurmd.log
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
MinJobAge=2
NodeName=%[1]s NodeAddr=127.0.0.1 CPUs=%[6]d State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`

// alone tells whether no other test runs on the machine, as make alone has it.
var alone = os.Getenv("UNMIXLAB_ALONE") != ""

// startSlurm starts a cluster that ends with the test, and has the test's commands use
// it. Without Slurm the test is skipped.
func startSlurm(t *testing.T) {
	t.Helper()
	if !alone {
		t.Skip("Slurm has timers of its own, which tests beside it upset: make alone runs this one")
	}
	for _, name := range []string{"slurmctld", "slurmd", "sbatch", "squeue", "scontrol"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("Slurm is not installed (%s): make alone installs it where that is allowed", name)
		}
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, sub := range []string{"state", "spool"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(dir, "slurm.conf")
	text := fmt.Sprintf(slurmConfig, host, me.Username, freePort(t), freePort(t), dir, runtime.NumCPU())
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SLURM_CONF", config)
	t.Setenv(asProgram, "1") // for the jobs
	for _, command := range [][]string{{"slurmctld", "-D", "-c"}, {"slurmd", "-D", "-c", "-N", host}} {
		cmd := exec.Command(command[0], command[1:]...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
		})
	}
	until(t, "a node that is idle", func() bool {
		out, _ := exec.Command("sinfo", "--noheader", "--format=%T").Output()
		return strings.TrimSpace(string(out)) == "idle"
	})
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// until waits for another program, which tells nobody.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("there is still not %s", what)
		}
	}
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

var fromBatch = regexp.MustCompile(`from batch (\d+)`)

// A job that Slurm requeues in its middle, and one that is told that its time is about
// to end, go on where they were, and the curves are those of a run in peace.
func TestSlurmLosesNothing(t *testing.T) {
	if raced {
		t.Skip("it is about other programs, which the race detector does not watch")
	}
	startSlurm(t)
	file := writeSweep(t, `{"name": "cluster", "kernel": "generic", "measure": ["late_error"],
		"base": {"hidden": 16, "steps": 100, "batch": 16, "batches": 1000}}`)
	here, there := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "there")
	run := program(t, "sweep", "run", file, "--on", "slurm", "--dir", there)
	_, lines := begun(t, run)
	await(t, lines, "job 1")

	log := filepath.Join(there, "logs", "1_0.txt")
	starts := func() (batches []int) {
		b, _ := os.ReadFile(log)
		for _, m := range fromBatch.FindAllSubmatch(b, -1) {
			n, _ := strconv.Atoi(string(m[1]))
			batches = append(batches, n)
		}
		return batches
	}
	t.Cleanup(func() {
		if t.Failed() {
			said, _ := os.ReadFile(log)
			queue, _ := exec.Command("scontrol", "show", "job").CombinedOutput()
			t.Logf("the job said %s; Slurm says %s", said, queue)
		}
	})
	restart := func(n int) { // Slurm would wait for two minutes
		until(t, "a job that is over and waits", func() bool {
			said, _ := os.ReadFile(log)
			state, _ := exec.Command("squeue", "--noheader", "--array", "--format=%T", "--jobs=1_0").Output()
			return bytes.Count(said, []byte("interrupted")) == n-1 && strings.TrimSpace(string(state)) == "PENDING"
		})
		var asked time.Time
		until(t, "a job that has begun again", func() bool {
			if time.Since(asked) > 10*time.Second { // again where the job was not yet wholly over
				asked = time.Now()
				exec.Command("scontrol", "update", "jobid=1_0", "starttime=now").Run()
			}
			return len(starts()) == n
		})
	}
	until(t, "a job that has begun", func() bool { return len(starts()) == 1 })
	command(t, "scontrol", "requeue", "1_0")
	restart(2)
	command(t, "scancel", "--batch", "--signal=USR1", "1_0") // as --signal=B:USR1 does before the time is over
	restart(3)
	for lines.Scan() { // to its end
	}
	if code, said := ended(t, run); code != 0 {
		t.Fatalf("it ended with %d: %s", code, said)
	}
	if at := starts(); len(at) != 3 || at[1] <= 0 || at[2] < at[1] || at[2] >= 1000 {
		t.Errorf("the job began from batches %v", at)
	}
	quiet := program(t, "sweep", "run", file, "--dir", here)
	quiet.Stderr = &bytes.Buffer{}
	if err := quiet.Start(); err != nil {
		t.Fatal(err)
	}
	if code, said := ended(t, quiet); code != 0 {
		t.Fatalf("here it ended with %d: %s", code, said)
	}
	sameCurves(t, here, there)

	again := program(t, "sweep", "run", file, "--on", "slurm", "--dir", there)
	again.Stderr = &bytes.Buffer{}
	if err := again.Start(); err != nil {
		t.Fatal(err)
	}
	if code, said := ended(t, again); code != 0 {
		t.Errorf("with everything done it ended with %d: %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(there, "logs", "2_0.txt")); err == nil {
		t.Error("with everything done it handed in a job")
	}
}
