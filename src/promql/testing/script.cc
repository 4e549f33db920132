// SPDX-License-Identifier: Apache-2.0
#include "promql/testing/script.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/clock.h"
#include "promql/lex_literal.h"
#include "promql/lexer.h"
#include "promql/regex.h"

namespace orrery::promql {
namespace {

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool SkipWord(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  const std::string_view rest = text.substr(word.size());
  if (!rest.empty() && rest.front() != ' ' && rest.front() != '\t') return false;
  text = Trimmed(rest);
  return true;
}

std::string_view TakeWord(std::string_view& text) {
  const size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text = Trimmed(text.substr(end));
  return word;
}

// A duration, or a number of seconds, in milliseconds.
Result<int64_t> ReadTime(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  int64_t millis = 0;
  if (DurationLength(text) == text.size() && !text.empty()) {
    ORRERY_ASSIGN_OR_RETURN(millis, ParseDurationMillis(text));
  } else {
    ORRERY_ASSIGN_OR_RETURN(const double seconds, ReadNumber(text));
    millis = std::llround(seconds * 1000);
  }
  return negative ? -millis : millis;
}

struct Expectation {
  std::string_view kind;  // "fail", "warn", "info", "no_warn", "no_info".
  std::string message;
  bool regex = false;

  bool Matches(std::string_view text) const {
    if (message.empty()) return true;
    if (!regex) return text == message;
    const auto compiled = Regex::Compile("(?s:.*)(?:" + message + ")(?s:.*)");
    return compiled.ok() && (*compiled)->Matches(text);
  }
};

struct Case {
  size_t line = 0;
  std::string query;
  EvalTimes times;
  bool fails = false;
  bool warns = false;  // eval_warn, eval_info
  bool informs = false;
  bool ordered = false;
  bool any_notes = true;
  std::vector<Expectation> expectations;
  std::vector<ScriptSeries> series;
  std::optional<ScriptValue> scalar;
  std::optional<std::string> text;
  std::optional<EvalTimes> matrix;  // `expect range vector`
};

std::string CheckNotes(const Case& c, const std::vector<std::string>& notes,
                       std::string_view kind) {
  const std::string none = fmt::format("no_{}", kind);
  bool listed = false;
  for (const Expectation& e : c.expectations) {
    if (e.kind == none && !notes.empty()) return "unexpected note: " + notes.front();
    if (e.kind != kind) continue;
    listed = true;
    const bool found = std::ranges::any_of(notes, [&](const std::string& note) {
      // The place at the end is only sometimes part of what is expected.
      const bool placed = e.message.ends_with(')');
      return e.Matches(placed ? note : note.substr(0, note.rfind(" ("))) || e.Matches(note);
    });
    if (!found) {
      return fmt::format("no {} like \"{}\"{}", kind, e.message,
                         notes.empty() ? "" : ", but " + notes.front());
    }
  }
  const bool wanted = listed || (kind == "warn" ? c.warns : c.informs);
  if (wanted && notes.empty()) return fmt::format("no {}", kind);
  return {};
}

class Runner {
 public:
  Runner(const std::string& name, std::string_view text, const EngineOptions& options)
      : name_(name), options_(options) {
    size_t at = 0;
    while (at <= text.size()) {
      const size_t end = std::min(text.find('\n', at), text.size());
      lines_.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }

  // Hands the series on that the script leaves behind.
  Status LoadInto(MemoryStore& store) {
    outcome_ = Run();
    store = std::move(store_);
    return outcome_.failures.empty() ? OkStatus() : InvalidArgument(outcome_.failures.front());
  }

  ScriptOutcome Run() {
    while (next_ < lines_.size()) {
      std::string_view line = Trimmed(lines_[next_]);
      const size_t number = ++next_;
      if (line.empty() || line.starts_with('#')) continue;
      Status status;
      if (line == "clear") {
        store_.Clear();
      } else if (SkipWord(line, "load")) {
        status = Load(line, false);
      } else if (SkipWord(line, "load_with_nhcb")) {
        status = Load(line, true);
      } else if (line.starts_with("eval")) {
        status = Eval(line, number);
      } else {
        // A command that we do not know, with the lines that belong to it.
        ++outcome_.skipped;
        Block();
      }
      if (!status.ok()) Fail(number, std::string(status.message()));
    }
    return std::move(outcome_);
  }

 private:
  // The lines that belong to a command.
  std::vector<std::string_view> Block() {
    std::vector<std::string_view> block;
    while (next_ < lines_.size()) {
      const std::string_view line = Trimmed(lines_[next_]);
      if (line.empty() || line.starts_with('#')) break;
      block.push_back(line);
      ++next_;
    }
    return block;
  }

  void Fail(size_t line, const std::string& what) {
    outcome_.failures.push_back(fmt::format("{}:{}: {}", name_, line, what));
  }

  Status Load(std::string_view step_text, bool natives) {
    ORRERY_ASSIGN_OR_RETURN(const int64_t step, ReadTime(step_text));
    std::vector<ScriptSeries> all;
    for (const std::string_view line : Block()) {
      auto series = ReadScriptSeries(line);
      if (!series.ok()) return series.status().WithContext(line);
      all.push_back(*std::move(series));
    }
    if (natives) {
      for (ScriptSeries& series : NativeOfClassic(all)) all.push_back(std::move(series));
    }
    for (const ScriptSeries& series : all) LoadSeries(series, step, store_);
    return OkStatus();
  }

  Status Eval(std::string_view line, size_t number) {
    Case c;
    c.line = number;
    const std::string_view command = TakeWord(line);
    c.fails = command == "eval_fail";
    c.warns = command == "eval_warn";
    c.informs = command == "eval_info";
    c.ordered = command == "eval_ordered";
    const bool range = SkipWord(line, "range");
    if (range) {
      SkipWord(line, "from");
      ORRERY_ASSIGN_OR_RETURN(c.times.start_ms, ReadTime(TakeWord(line)));
      SkipWord(line, "to");
      ORRERY_ASSIGN_OR_RETURN(c.times.end_ms, ReadTime(TakeWord(line)));
      SkipWord(line, "step");
      ORRERY_ASSIGN_OR_RETURN(c.times.step_ms, ReadTime(TakeWord(line)));
    } else {
      SkipWord(line, "instant");
      SkipWord(line, "at");
      ORRERY_ASSIGN_OR_RETURN(c.times.start_ms, ReadTime(TakeWord(line)));
    }
    c.query = line;
    for (const std::string_view more : Block()) ORRERY_RETURN_IF_ERROR(ReadExpected(more, c));
    ++outcome_.cases;
    const std::string difference = Judge(c);
    if (!difference.empty()) Fail(number, c.query + ": " + difference);
    return OkStatus();
  }

  Status ReadExpected(std::string_view line, Case& c) {
    if (SkipWord(line, "expected_fail_message")) {
      c.expectations.push_back({"fail", std::string(line), false});
      return OkStatus();
    }
    if (SkipWord(line, "expected_fail_regexp")) {
      c.expectations.push_back({"fail", std::string(line), true});
      return OkStatus();
    }
    if (SkipWord(line, "expect")) return ReadExpect(line, c);
    const char first = line.front();
    const bool number_like = (first >= '0' && first <= '9') || first == '-' || first == '+' ||
                             line == "NaN" || line == "Inf";
    if (number_like) {
      ORRERY_ASSIGN_OR_RETURN(const auto values, ReadScriptValues(line));
      if (values.size() != 1) return InvalidArgument("one scalar is expected");
      c.scalar = values.front();
      return OkStatus();
    }
    auto series = ReadScriptSeries(line);
    if (!series.ok()) return series.status().WithContext(line);
    c.series.push_back(*std::move(series));
    return OkStatus();
  }

  static Status ReadExpect(std::string_view line, Case& c) {
    if (SkipWord(line, "ordered")) {
      c.ordered = true;
      return OkStatus();
    }
    if (SkipWord(line, "string")) {
      size_t length = 0;
      ORRERY_ASSIGN_OR_RETURN(c.text, ReadString(line, length));
      return OkStatus();
    }
    if (SkipWord(line, "range")) {
      EvalTimes times;
      SkipWord(line, "vector");
      SkipWord(line, "from");
      ORRERY_ASSIGN_OR_RETURN(times.start_ms, ReadTime(TakeWord(line)));
      SkipWord(line, "to");
      ORRERY_ASSIGN_OR_RETURN(times.end_ms, ReadTime(TakeWord(line)));
      SkipWord(line, "step");
      ORRERY_ASSIGN_OR_RETURN(times.step_ms, ReadTime(TakeWord(line)));
      c.matrix = times;
      return OkStatus();
    }
    Expectation e;
    for (const std::string_view kind : {"fail", "warn", "info", "no_warn", "no_info"}) {
      if (SkipWord(line, kind)) e.kind = kind;
    }
    if (line.starts_with("msg:")) e.message = Trimmed(line.substr(4));
    if (line.starts_with("regex:")) {
      e.message = Trimmed(line.substr(6));
      e.regex = true;
    }
    if (e.kind == "fail") c.fails = true;
    c.expectations.push_back(std::move(e));
    return OkStatus();
  }

  std::string Judge(const Case& c) {
    const MonotonicStandIn clock;
    contracts::QueryContext context(clock, {});
    const auto answer = Engine(store_, options_).Run(c.query, c.times, context);
    if (c.fails) return JudgeFailure(c, answer);
    if (!answer.ok()) return std::string(answer.status().message());
    std::string difference = CheckNotes(c, answer->warnings, "warn");
    if (difference.empty()) difference = CheckNotes(c, answer->infos, "info");
    if (!difference.empty()) return difference;
    if (c.text) return answer->text == *c.text ? "" : "found text " + answer->text;
    std::vector<ScriptSeries> expected = c.series;
    if (c.scalar) expected.push_back({{}, {*c.scalar}});
    const EvalTimes& times = c.matrix ? *c.matrix : c.times;
    std::vector<int64_t> steps;
    const int64_t end = times.step_ms > 0 ? times.end_ms : times.start_ms;
    for (int64_t t = times.start_ms; t <= end; t += std::max<int64_t>(times.step_ms, 1)) {
      steps.push_back(t);
    }
    return CompareSeries(expected, answer->series, steps, c.ordered);
  }

  static std::string JudgeFailure(const Case& c, const Result<Answer>& answer) {
    if (answer.ok()) return "did not fail";
    for (const Expectation& e : c.expectations) {
      if (e.kind == "fail" && !e.Matches(answer.status().message())) {
        return fmt::format("failed with: {}", answer.status().message());
      }
    }
    return {};
  }

  // Time stands still, so that no case depends on the machine.
  class MonotonicStandIn final : public Clock {
   public:
    UnixNanos WallNow() const override { return 0; }
    uint64_t MonotonicNanos() const override { return 0; }
  };

  const std::string name_;
  const EngineOptions options_;
  std::vector<std::string_view> lines_;
  size_t next_ = 0;
  MemoryStore store_;
  ScriptOutcome outcome_;
};

}  // namespace

void LoadSeries(const ScriptSeries& series, int64_t step_ms, MemoryStore& store) {
  int64_t time = 0;
  for (const ScriptValue& value : series.values) {
    if (value.histogram) {
      store.Add(series.labels, time, *value.histogram);
    } else if (!value.missing) {
      store.Add(series.labels, time, value.number);
    }
    time += step_ms;
  }
}

Status LoadScript(std::string_view text, MemoryStore& store) {
  return Runner("script", text, {}).LoadInto(store);
}

ScriptOutcome RunScript(const std::string& name, std::string_view text,
                        const EngineOptions& options) {
  return Runner(name, text, options).Run();
}

}  // namespace orrery::promql
