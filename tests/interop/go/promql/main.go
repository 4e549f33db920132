// SPDX-License-Identifier: Apache-2.0

// Answers queries with the engine of Prometheus, for a test that compares ours with it. Lines in,
// lines out; src/promql/testing/answers_main.cc speaks the same.
//
//	load FILE                    replaces the data by the load blocks of a script
//	query START END STEP QUERY   milliseconds; STEP 0 asks at START alone
//
// An answer is `type`, `series LABELS` with a `point TIME VALUE` for each value, `note TEXT`,
// `error TEXT`, and ends with `end`.
package main

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
)

// failer is the part of a test that promqltest needs.
type failer struct{ testing.TB }

func (failer) Helper()                           {}
func (failer) Cleanup(func())                    {}
func (failer) FailNow()                          { os.Exit(1) }
func (failer) TempDir() string                   { return os.TempDir() }
func (failer) Logf(format string, args ...any)   {}
func (failer) Errorf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
func (f failer) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	os.Exit(1)
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func named(ls labels.Labels) string {
	var parts []string
	ls.Range(func(l labels.Label) { parts = append(parts, l.Name+"="+strconv.Quote(l.Value)) })
	return "{" + strings.Join(parts, ",") + "}"
}

func buckets(it histogram.BucketIterator[float64]) string {
	var parts []string
	for it.Next() {
		if b := it.At(); b.Count != 0 {
			parts = append(parts, fmt.Sprintf("%d:%s", b.Index, number(b.Count)))
		}
	}
	return strings.Join(parts, ",")
}

func shape(h *histogram.FloatHistogram) string {
	var custom []string
	for _, v := range h.CustomValues {
		custom = append(custom, number(v))
	}
	return fmt.Sprintf("hist:%d/%s/%s/%s/%s/%s/%s/%s", h.Schema, number(h.ZeroThreshold),
		number(h.ZeroCount), number(h.Count), number(h.Sum), strings.Join(custom, ","),
		buckets(h.PositiveBucketIterator()), buckets(h.NegativeBucketIterator()))
}

type writer struct{ *bufio.Writer }

func (w writer) series(ls labels.Labels) { fmt.Fprintf(w, "series %s\n", named(ls)) }

func (w writer) point(t int64, v float64, h *histogram.FloatHistogram) {
	text := number(v)
	if h != nil {
		text = shape(h)
	}
	fmt.Fprintf(w, "point %d %s\n", t, text)
}

func (w writer) matrix(m promql.Matrix) {
	fmt.Fprintln(w, "type matrix")
	for _, s := range m {
		w.series(s.Metric)
		for _, p := range s.Floats {
			w.point(p.T, p.F, nil)
		}
		for _, p := range s.Histograms {
			w.point(p.T, 0, p.H)
		}
	}
}

func (w writer) answer(query string, result *promql.Result) {
	if result.Err != nil {
		fmt.Fprintf(w, "error %s\n", strings.ReplaceAll(result.Err.Error(), "\n", " "))
		return
	}
	switch v := result.Value.(type) {
	case promql.Vector:
		fmt.Fprintln(w, "type vector")
		for _, s := range v {
			w.series(s.Metric)
			w.point(s.T, s.F, s.H)
		}
	case promql.Matrix:
		w.matrix(v)
	case promql.Scalar:
		fmt.Fprintln(w, "type scalar")
		w.series(labels.EmptyLabels())
		w.point(v.T, v.V, nil)
	case promql.String:
		fmt.Fprintln(w, "type string")
	}
	warnings, infos := result.Warnings.AsStrings(query, 0, 0)
	notes := append(warnings, infos...)
	sort.Strings(notes)
	for _, note := range notes {
		fmt.Fprintf(w, "note %s\n", strings.ReplaceAll(note, "\n", " "))
	}
}

func run(engine *promql.Engine, store storage.Queryable, line string) (string, *promql.Result) {
	parts := strings.SplitN(line, " ", 4)
	var times [3]int64
	for i := range times {
		times[i], _ = strconv.ParseInt(parts[i], 10, 64)
	}
	ctx := context.Background()
	var query promql.Query
	var err error
	if times[2] == 0 {
		query, err = engine.NewInstantQuery(ctx, store, nil, parts[3], time.UnixMilli(times[0]))
	} else {
		query, err = engine.NewRangeQuery(ctx, store, nil, parts[3], time.UnixMilli(times[0]),
			time.UnixMilli(times[1]), time.Duration(times[2])*time.Millisecond)
	}
	if err != nil {
		return parts[3], &promql.Result{Err: err}
	}
	return parts[3], query.Exec(ctx)
}

func main() {
	options := parser.Options{EnableExperimentalFunctions: true, EnableBinopFillModifiers: true}
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples:               50000000,
		Timeout:                  100 * time.Second,
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		NoStepSubqueryIntervalFn: func(int64) int64 { return 60000 },
		Parser:                   parser.NewParser(options),
	})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	out := writer{bufio.NewWriter(os.Stdout)}
	defer out.Flush()
	var store storage.Queryable
	for lines.Scan() {
		command, rest, _ := strings.Cut(lines.Text(), " ")
		if command == "load" {
			script, err := os.ReadFile(rest)
			if err != nil {
				failer{}.Fatalf("%v", err)
			}
			store = promqltest.LoadedStorage(failer{}, string(script))
			continue
		}
		query, result := run(engine, store, rest)
		out.answer(query, result)
		fmt.Fprintln(out, "end")
	}
}
