// SPDX-License-Identifier: Apache-2.0
#include "traceql/testing/corpus_store.h"

#include <charconv>
#include <fstream>

#include "base/check.h"
#include "traceql/testing/corpus_file.h"
#include "wire/otlp_traces_decode.h"

namespace orrery::traceql {
namespace {

class Decoder final : public contracts::SpanDecoder {
 public:
  Result<model::SpanBatch> Decode(std::shared_ptr<const std::string> otlp) const override {
    ORRERY_ASSIGN_OR_RETURN(auto decoded, wire::DecodeOtlpTraces(std::move(otlp)));
    return std::move(decoded.batch);
  }
};

// Keeps the conditions from the store, so that every trace is read.
class Unpruned final : public contracts::TraceQueryable {
 public:
  explicit Unpruned(const TraceQueryable& store) : store_(store) {}

  Result<std::vector<contracts::TraceCandidate>> FindTraces(
      const contracts::SpanFilter&, const model::TimeRange& range,
      contracts::QueryContext& context) const override {
    return store_.FindTraces({}, range, context);
  }
  Result<contracts::NewestTraces> FindNewestTraces(
      const contracts::SpanFilter&, const model::TimeRange& range, size_t most,
      contracts::QueryContext& context) const override {
    return store_.FindNewestTraces({}, range, most, context);
  }
  Status ReadTraces(std::span<const model::TraceId> ids, const contracts::WantedFields& wanted,
                    contracts::QueryContext& context,
                    const std::function<bool(const model::SpanBatch&)>& visit) const override {
    return store_.ReadTraces(ids, wanted, context, visit);
  }
  Status ScanSpans(const contracts::SpanFilter&, const model::TimeRange& starts,
                   std::span<const contracts::FieldRef> fields, contracts::QueryContext& context,
                   const std::function<bool(const contracts::SpanColumns&)>& visit) const override {
    return store_.ScanSpans({}, starts, fields, context, visit);
  }
  Status ScanParts(const contracts::SpanFilter&, const model::TimeRange& starts,
                   std::span<const contracts::FieldRef> fields, contracts::ScanKeeper& keeper,
                   contracts::QueryContext& context,
                   const std::function<bool(const contracts::SpanColumns&)>& visit) const override {
    return store_.ScanParts({}, starts, fields, keeper, context, visit);
  }
  Status ScanContents(const contracts::SpanFilter&, const model::TimeRange& starts,
                      std::span<const contracts::FieldRef> fields, contracts::QueryContext& context,
                      const std::function<Status(const contracts::SpanColumns&,
                                                 const contracts::ContentsReader&)>& visit,
                      std::vector<model::TraceId>& apart) const override {
    return store_.ScanContents({}, starts, fields, context, visit, apart);
  }
  Result<contracts::TagNames> FindTagNames(const model::TimeRange& range,
                                           contracts::QueryContext& context) const override {
    return store_.FindTagNames(range, context);
  }
  Result<std::vector<contracts::TagValue>> FindTagValues(
      const contracts::FieldRef& field, const model::TimeRange& range, size_t limit,
      contracts::QueryContext& context) const override {
    return store_.FindTagValues(field, range, limit, context);
  }
  contracts::TraceStoreStats Stats() const override { return store_.Stats(); }

 private:
  const TraceQueryable& store_;
};

bool Set(CorpusConfig& config, const std::string& key, const std::string& value) {
  const bool flag = value == "true";
  if (key == "flush_after_data") {
    config.flush_after_data = flag;
  } else if (key == "restart_after_each") {
    config.restart_after_each = flag;
  } else if (key == "reversed_singles") {
    config.reversed_singles = flag;
  } else if (key == "ask_twice") {
    config.ask_twice = flag;
  } else if (key == "prune") {
    config.prune = flag;
  } else if (key == "flush_every") {
    std::from_chars(value.data(), value.data() + value.size(), config.flush_every);
  } else if (key == "row_group_spans") {
    std::from_chars(value.data(), value.data() + value.size(), config.row_group_spans);
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<CorpusConfig> ReadCorpusConfig(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return NotFound(path + ": not there");
  CorpusConfig config;
  const size_t slash = path.rfind('/') + 1;
  config.name = path.substr(slash, path.rfind('.') - slash);
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const size_t at = line.find(" = ");
    if (at == std::string::npos || !Set(config, line.substr(0, at), line.substr(at + 3))) {
      return InvalidArgument(path + ":" + std::to_string(number) + ": unknown setting " + line);
    }
  }
  return config;
}

CorpusStore::CorpusStore(const CorpusConfig& config)
    : config_(config),
      clock_(kCorpusDay + 86'400 * kNanosPerSecond),
      logger_(clock_, 2, LogFormat::kLogfmt, LogLevel::kWarn),
      decoder_(std::make_unique<Decoder>()) {
  const Status status = Clear();
  ORRERY_CHECK(status.ok());
}

CorpusStore::~CorpusStore() = default;

Status CorpusStore::Open() {
  traces::Options options;
  if (config_.row_group_spans != 0) options.row_group_spans = config_.row_group_spans;
  telemetry_ = std::make_unique<Telemetry>();
  const traces::StoreDeps deps{*fs_, clock_, logger_, *telemetry_, *decoder_, {}};
  ORRERY_ASSIGN_OR_RETURN(store_, traces::TraceStore::Open(deps, "data", options));
  unpruned_ = std::make_unique<Unpruned>(*store_);
  queryable_ = config_.prune ? store_.get() : unpruned_.get();
  return OkStatus();
}

Status CorpusStore::Clear() {
  store_.reset();
  fs_ = std::make_unique<fs::MemoryFileSystem>();
  return Open();
}

Status CorpusStore::Restart() {
  store_.reset();
  return Open();
}

Status CorpusStore::Append(std::vector<std::string> requests) {
  int done = 0;
  for (std::string& request : requests) {
    contracts::SpanIngest ingest;
    ingest.otlp = std::make_shared<const std::string>(std::move(request));
    ORRERY_ASSIGN_OR_RETURN(ingest.spans, decoder_->Decode(ingest.otlp));
    ORRERY_RETURN_IF_ERROR(store_->Append({&ingest, 1}));
    if (config_.flush_every != 0 && ++done % config_.flush_every == 0) {
      ORRERY_RETURN_IF_ERROR(Flush());
    }
  }
  return config_.flush_after_data ? Flush() : OkStatus();
}

}  // namespace orrery::traceql
