package app

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"unmixlab/server/job"
	"unmixlab/server/lab"
)

// meters are the numbers at /metrics.
type meters struct {
	registry *prometheus.Registry
	batches  prometheus.Counter
	seconds  prometheus.Histogram
	sockets  *prometheus.GaugeVec
	requests *prometheus.HistogramVec
}

func newMeters() *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		batches: prometheus.NewCounter(prometheus.CounterOpts{Name: "unmixlab_batches_total",
			Help: "Batches trained since the lab started."}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "unmixlab_batch_seconds",
			Help: "Time for one batch of training.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 15)}),
		sockets: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "unmixlab_sockets",
			Help: "Open websockets."}, []string{"kind"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "unmixlab_http_seconds",
			Help: "Time to answer a request."}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.batches, m.seconds, m.sockets, m.requests,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// count adds the runs of a lab, by state.
func (m *meters) count(l *lab.Lab) { m.registry.MustRegister(runCounts{l}) }

// batch counts one batch of training.
func (m *meters) batch(seconds float64) {
	m.batches.Inc()
	m.seconds.Observe(seconds)
}

// timed measures requests, by the pattern of their route.
func (m *meters) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(ww, r)
		status := ww.Status()
		if status == 0 {
			status = http.StatusOK
		}
		m.requests.WithLabelValues(method(r), route(r), strconv.Itoa(status)).Observe(time.Since(began).Seconds())
	})
}

// method is the request's; anyone can think of others, which are counted as one.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete:
		return r.Method
	}
	return "other"
}

func (m *meters) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// runCounts counts the runs in each state when asked.
type runCounts struct{ lab *lab.Lab }

var runsDesc = prometheus.NewDesc("unmixlab_runs", "Runs by state.", []string{"state"}, nil)

func (c runCounts) Describe(ch chan<- *prometheus.Desc) { ch <- runsDesc }

func (c runCounts) Collect(ch chan<- prometheus.Metric) {
	counts, err := c.lab.RunCounts(context.Background())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(runsDesc, err)
		return
	}
	for _, s := range job.States {
		ch <- prometheus.MustNewConstMetric(runsDesc, prometheus.GaugeValue, float64(counts[s]), string(s))
	}
}
