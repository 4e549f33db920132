// SPDX-License-Identifier: Apache-2.0
#include "traceql/testing/corpus_file.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "traceql/testing/corpus_span.h"

namespace orrery::traceql {
namespace {

constexpr std::array<std::string_view, 10> kCommands = {"query",  "traces",   "attributes", "tags",
                                                        "values", "error",    "print",      "plan",
                                                        "series", "exemplars"};
constexpr std::array<std::string_view, 4> kSteps = {"flush", "compact", "restart", "clear"};

template <size_t N>
bool Has(const std::array<std::string_view, N>& words, std::string_view word) {
  for (const std::string_view each : words) {
    if (each == word) return true;
  }
  return false;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Without a comment: a '#' that begins the line or follows two blanks.
std::string_view WithoutComment(std::string_view line) {
  if (line.starts_with('#')) return {};
  return Trim(line.substr(0, line.find("  #"))).empty() ? std::string_view()
                                                        : line.substr(0, line.find("  #"));
}

std::vector<std::string> Words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class Reader {
 public:
  explicit Reader(CorpusFile& file) : file_(file) {}

  Status Run() {
    while (at_ < file_.lines.size()) {
      const std::string_view line = WithoutComment(file_.lines[at_]);
      if (Trim(line).empty()) {
        ++at_;
        continue;
      }
      ORRERY_RETURN_IF_ERROR(ReadItem(Trim(line)));
    }
    return OkStatus();
  }

 private:
  Status Wrong(std::string_view message) const {
    return InvalidArgument(file_.path + ":" + std::to_string(at_ + 1) + ": " +
                           std::string(message));
  }

  Status ReadItem(std::string_view line) {
    const auto words = Words(line);
    const std::string& word = words[0];
    if (word == "trace") return ReadTrace(words);
    if (Has(kCommands, word)) return ReadCase(word);
    if (Has(kSteps, word)) {
      file_.items.push_back(CorpusStep{word});
    } else if (word == "foreach" && words.size() > 3 && words[2] == "in") {
      variable_ = words[1];
      values_.assign(words.begin() + 3, words.end());
    } else if (word == "only" && words.size() == 2) {
      only_.push_back(words[1]);
    } else if (word == "skip" && words.size() > 3 && words[2] == "because") {
      skip_.push_back(words[1]);
    } else {
      return Wrong("unknown line; a skip needs its reason, a foreach its values");
    }
    ++at_;
    return OkStatus();
  }

  Status ReadTrace(const std::vector<std::string>& words) {
    if (words.size() != 4 || words[2] != "at") return Wrong("expected: trace LABEL at CLOCK");
    CorpusTrace trace;
    trace.label = words[1];
    ORRERY_ASSIGN_OR_RETURN(trace.clock, ParseClock(words[3]));
    std::vector<std::pair<size_t, int>> open;  // Indentation and span, outermost first.
    for (++at_; at_ < file_.lines.size(); ++at_) {
      const std::string_view line = WithoutComment(file_.lines[at_]);
      if (!line.starts_with(' ')) {
        if (!file_.lines[at_].starts_with('#')) break;
        continue;
      }
      const size_t indent = line.find_first_not_of(' ');
      while (!open.empty() && open.back().first >= indent) open.pop_back();
      CorpusSpan span;
      span.parent = open.empty() ? -1 : open.back().second;
      const std::string error = ReadCorpusSpan(line.substr(indent), &span);
      if (!error.empty()) return Wrong(error);
      open.emplace_back(indent, static_cast<int>(trace.spans.size()));
      trace.spans.push_back(std::move(span));
    }
    file_.items.push_back(std::move(trace));
    return OkStatus();
  }

  Status ReadCase(const std::string& command) {
    CorpusCase one;
    one.line = at_ + 1;
    one.command = command;
    std::string text;
    for (; at_ < file_.lines.size() && file_.lines[at_] != "----"; ++at_) {
      text += (text.empty() ? "" : "\n") + file_.lines[at_];
    }
    if (at_ == file_.lines.size()) return Wrong("a command without its ----");
    one.expected_begin = ++at_;
    for (; at_ < file_.lines.size() && !file_.lines[at_].empty(); ++at_) {
      one.expected += file_.lines[at_] + "\n";
    }
    one.expected_end = at_;
    one.text = Trim(std::string_view(text).substr(text.find(command) + command.size()));
    one.only = std::exchange(only_, {});
    one.skip = std::exchange(skip_, {});
    if (values_.empty()) {
      file_.items.push_back(std::move(one));
      return OkStatus();
    }
    const std::string pattern = one.text;
    for (const std::string& value : std::exchange(values_, {})) {
      one.text = Replace(pattern, variable_, value);
      file_.items.push_back(one);
    }
    return OkStatus();
  }

  CorpusFile& file_;
  size_t at_ = 0;
  // Of the lines before a case.
  std::string variable_;
  std::vector<std::string> values_;
  std::vector<std::string> only_;
  std::vector<std::string> skip_;
};

}  // namespace

Result<CorpusFile> ReadCorpus(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return NotFound(path + ": not there");
  CorpusFile file;
  file.path = path;
  for (std::string line; std::getline(stream, line);) file.lines.push_back(line);
  ORRERY_RETURN_IF_ERROR(Reader(file).Run());
  return file;
}

Result<UnixNanos> ParseClock(std::string_view text) {
  int hours = 0;
  int minutes = 0;
  double seconds = 0;
  if (std::sscanf(std::string(text).c_str(), "%d:%d:%lf", &hours, &minutes, &seconds) != 3) {
    return InvalidArgument("'" + std::string(text) + "' is no clock such as 12:00:05");
  }
  return kCorpusDay + static_cast<UnixNanos>(hours * 3600 + minutes * 60) * kNanosPerSecond +
         static_cast<UnixNanos>(std::lround(seconds * 1e3)) * 1'000'000;
}

std::string CorpusTraceId(std::string_view label) {
  const std::string text(label);
  return "00ce" + std::string(28 - std::min<size_t>(28, text.size()), '0') + text;
}

std::string CorpusSpanId(std::string_view label, int place) {
  std::array<char, 32> id;
  std::snprintf(id.data(), id.size(), "0a%06lx%08x",
                std::strtoul(std::string(label).c_str(), nullptr, 16),
                static_cast<unsigned>(place));
  return id.data();
}

}  // namespace orrery::traceql
