// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/tempo_api.h"

#include <algorithm>
#include <future>
#include <utility>

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/telemetry.h"
#include "fs/memory_file_system.h"
#include "net/url.h"
#include "net/worker_pool.h"
#include "traces/trace_store.h"
#include "wire/otlp_traces_decode.h"
#include "wire/otlp_traces_json.h"

namespace orrery::api {
namespace {

constexpr UnixNanos kNow = 1'763'900'100 * kNanosPerSecond;

class Decoder final : public contracts::SpanDecoder {
 public:
  Result<model::SpanBatch> Decode(std::shared_ptr<const std::string> otlp) const override {
    ORRERY_ASSIGN_OR_RETURN(wire::DecodedTraces decoded, wire::DecodeOtlpTraces(std::move(otlp)));
    return std::move(decoded.batch);
  }
};

// One trace of a gateway and a cart, which fails; and one of a cart alone, whose root is missing.
constexpr char kTraces[] = R"({"resourceSpans":[
 {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"gateway"}}]},
  "scopeSpans":[{"scope":{"name":"lib","version":"1"},"spans":[
   {"traceId":"000000000000000000000000000000a1","spanId":"0000000000000001","name":"POST /pay",
    "kind":2,"startTimeUnixNano":"1763900000000000000","endTimeUnixNano":"1763900000240000000",
    "attributes":[{"key":"http.status_code","value":{"intValue":"502"}}]}]}]},
 {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},
  "scopeSpans":[{"scope":{"name":"lib","version":"1"},"spans":[
   {"traceId":"000000000000000000000000000000a1","spanId":"0000000000000002",
    "parentSpanId":"0000000000000001","name":"charge","kind":3,
    "startTimeUnixNano":"1763900000010000000","endTimeUnixNano":"1763900000200000000",
    "attributes":[{"key":"card","value":{"stringValue":"Visa"}}],
    "events":[{"timeUnixNano":"1763900000020000000","name":"exception",
     "attributes":[{"key":"exception.type","value":{"stringValue":"Timeout"}}]}],
    "status":{"code":2,"message":"no answer"}},
   {"traceId":"b2000000000000000000000000000000","spanId":"0000000000000003",
    "parentSpanId":"00000000000000ff","name":"charge","kind":3,
    "startTimeUnixNano":"1763900050000000000","endTimeUnixNano":"1763900050001000000"}]}]}]})";

class TempoApiTest : public testing::Test {
 protected:
  TempoApiTest() {
    auto store = traces::TraceStore::Open({.fs = fs_,
                                           .clock = clock_,
                                           .logger = logger_,
                                           .telemetry = telemetry_,
                                           .decoder = decoder_,
                                           .on_replay = {}},
                                          "/traces", {});
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
    RegisterTempo(router_, {.traces = *store_,
                            .clock = clock_,
                            .limits = {},
                            .ready = [this] { return ready_; },
                            .version = "0.1.0"});
    Ingest(kTraces);
  }

  void Ingest(std::string_view json) {
    auto otlp = std::make_shared<const std::string>(*wire::TranscodeOtlpTracesJson(json));
    const contracts::SpanIngest ingest{wire::DecodeOtlpTraces(otlp)->batch, otlp};
    ASSERT_TRUE(store_->Append({&ingest, 1}).ok());
  }

  // Asks with other limits than the defaults.
  net::HttpResponse GetWithin(const contracts::QueryLimits& limits, const std::string& target) {
    const SystemClock moving;
    Telemetry telemetry;
    net::HttpRouter router("limited", telemetry, &workers_);
    RegisterTempo(router, {.traces = *store_,
                           .clock = moving,
                           .limits = limits,
                           .ready = [] { return OkStatus(); },
                           .version = "0.1.0"});
    return Ask(router, target, "");
  }

  net::HttpResponse Get(const std::string& target, const std::string& accept = "") {
    return Ask(router_, target, accept);
  }

  static net::HttpResponse Ask(const net::HttpRouter& router, const std::string& target,
                               const std::string& accept) {
    net::HttpRequest request;
    request.method = "GET";
    request.target = target;
    const size_t question = std::min(target.find('?'), target.size());
    request.path = net::PercentDecode(target.substr(0, question));
    if (question < target.size()) request.query = net::ParseQuery(target.substr(question + 1));
    if (!accept.empty()) request.headers.emplace_back("accept", accept);
    std::promise<net::HttpResponse> answer;
    router.Handle(std::move(request),
                  [&](net::HttpResponse response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }

  // The body of an answer that has to be fine.
  std::string Body(const std::string& target) {
    const net::HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 200) << response.body;
    return response.body;
  }

  // The text of an answer that has to be 400.
  std::string Refusal(const std::string& target) {
    const net::HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 400) << target << ": " << response.body;
    return response.body;
  }

  static std::string Query(std::string_view traceql) {
    return "/api/search?q=" + net::PercentEncode(traceql);
  }

  static std::string Metrics(const std::string& endpoint, std::string_view traceql,
                             const std::string& more = "") {
    return "/api/metrics/" + endpoint + "?q=" + net::PercentEncode(traceql) + more;
  }

  // What stands before the metrics, which depend on how much was read.
  static std::string WithoutMetrics(const std::string& body) {
    return body.substr(0, body.find(",\"metrics\":"));
  }

  ManualClock clock_{kNow};
  Telemetry telemetry_;
  Logger logger_{clock_, 2, LogFormat::kLogfmt, LogLevel::kError};
  fs::MemoryFileSystem fs_;
  Decoder decoder_;
  Status ready_;
  std::unique_ptr<traces::TraceStore> store_;
  net::WorkerPool workers_{1, 8};
  net::HttpRouter router_{"tempo", telemetry_, &workers_};
};

constexpr char kChargeSpan[] =
    R"({"spans":[{"spanID":"0000000000000002","name":"charge",)"
    R"("startTimeUnixNano":"1763900000010000000","durationNanos":"190000000",)"
    R"("attributes":[{"key":"status","value":{"stringValue":"error"}}]}],"matched":1})";

TEST_F(TempoApiTest, EchoReadyAndBuildInfo) {
  EXPECT_EQ(Body("/api/echo"), "echo\n");
  EXPECT_EQ(Body("/ready"), "ready\n");
  ready_ = Unavailable("replaying the log, 40% done");
  EXPECT_EQ(Get("/ready").status, 503);
  EXPECT_EQ(Get("/ready").body, "replaying the log, 40% done\n");
  EXPECT_NE(Body("/api/status/buildinfo").find(R"("version":"2.)"), std::string::npos);
}

TEST_F(TempoApiTest, TraceByIdTakesShortIdsOfEitherCase) {
  const std::string body = Body("/api/traces/A1");
  EXPECT_EQ(body.substr(0, 12), R"({"batches":[)");
  EXPECT_NE(body.find(R"("traceId":"AAAAAAAAAAAAAAAAAAAAoQ==")"), std::string::npos);
  EXPECT_NE(body.find(R"("status":{"message":"no answer","code":"STATUS_CODE_ERROR"})"),
            std::string::npos);
  EXPECT_EQ(Body("/api/v2/traces/a1").substr(0, 27), R"({"trace":{"resourceSpans":[)");
  EXPECT_EQ(Refusal("/api/traces/xyz"),
            "trace IDs can only contain hex characters: invalid character 'x' at position 1");
}

TEST_F(TempoApiTest, MissingTraceIs404InV1AndEmptyInV2) {
  EXPECT_EQ(Get("/api/traces/ff").status, 404);
  EXPECT_EQ(Get("/api/traces/ff").body, "");
  EXPECT_EQ(Body("/api/v2/traces/ff").substr(0, 11), R"({"trace":{})");
  EXPECT_EQ(Get("/api/v2/traces/ff", "application/protobuf").body.substr(0, 2),
            std::string("\x0a\x00", 2));
}

TEST_F(TempoApiTest, ProtobufHoldsTheSpansThatCame) {
  const net::HttpResponse response = Get("/api/traces/a1", "application/protobuf");
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].second, "application/protobuf");
  const auto decoded = wire::DecodeOtlpTraces(std::make_shared<const std::string>(response.body));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->batch.spans.size(), 2u);
  EXPECT_EQ(decoded->batch.ServiceName(decoded->batch.spans[1]), "cart");
}

TEST_F(TempoApiTest, TraceParametersAreChecked) {
  EXPECT_EQ(Refusal("/api/traces/a1?mode=some"), "invalid value for mode some");
  EXPECT_EQ(Refusal("/api/traces/a1?start=5&end=4"),
            "http parameter start must be before end. received start=5 end=4");
  EXPECT_EQ(Get("/api/traces/a1?mode=all&start=4&end=5").status, 200);
}

TEST_F(TempoApiTest, SecondVersionFiltersTheTrace) {
  const auto filtered = [&](std::string_view q, const std::string& more = "") {
    return Body("/api/v2/traces/a1?q=" + net::PercentEncode(q) + more);
  };
  EXPECT_EQ(filtered("{ }").find("PARTIAL"), std::string::npos);
  const std::string charge = filtered("{ status = error }");
  EXPECT_NE(charge.find(R"("name":"charge")"), std::string::npos);
  EXPECT_EQ(charge.find("POST /pay"), std::string::npos);
  EXPECT_NE(charge.find(R"("status":"PARTIAL","message":"the filter leaves 1 of 2 spans"})"),
            std::string::npos);
  EXPECT_NE(filtered("{ status = error }", "&keep_hierarchy=true").find("POST /pay"),
            std::string::npos);
  EXPECT_NE(filtered("{ kind = server }", "&match_depth=-1").find("charge"), std::string::npos);
  EXPECT_EQ(filtered("{ false }").substr(0, 11), R"({"trace":{})");
  EXPECT_EQ(Refusal("/api/v2/traces/a1?match_depth=-2"),
            "invalid match_depth: must be -1 (all levels) or more");
  for (const char* wrong : {"?match_depth=y", "?ancestor_depth=x", "?keep_hierarchy=maybe",
                            "?q=%7B", "?q=%7B%7D%7Ccount()%3E1", "?q=%7BrootName%3D%22a%22%7D"}) {
    Refusal("/api/v2/traces/a1" + std::string(wrong));
  }
}

TEST_F(TempoApiTest, SearchAnswersAsTempoDoes) {
  const std::string spanset = kChargeSpan;
  EXPECT_EQ(WithoutMetrics(Body(Query("{ status = error }"))),
            R"({"traces":[{"traceID":"a1","rootServiceName":"gateway",)"
            R"("rootTraceName":"POST /pay","startTimeUnixNano":"1763900000000000000",)"
            R"("durationMs":240,"spanSet":)" +
                spanset + R"(,"spanSets":[)" + spanset +
                R"(],"serviceStats":{"cart":{"spanCount":1,"errorCount":1},)"
                R"("gateway":{"spanCount":1}}}])");
}

TEST_F(TempoApiTest, DurationsOfSearchFitTheSchemaOfGrafana) {
  Ingest(R"({"resourceSpans":[{"scopeSpans":[{"spans":[
      {"traceId":"c3000000000000000000000000000000","spanId":"0000000000000009","name":"ages",
       "startTimeUnixNano":"1","endTimeUnixNano":"18446744073709551615"}]}]}]})");
  const std::string body = Body(Query(R"({ name = "ages" })"));
  EXPECT_NE(body.find(R"("durationMs":4294967295,)"), std::string::npos) << body;
}

TEST_F(TempoApiTest, SearchKnowsOfAMissingRoot) {
  const std::string body = Body(Query(R"({ trace:id = "b2000000000000000000000000000000" })"));
  EXPECT_NE(body.find(R"("rootServiceName":"<root span not yet received>")"), std::string::npos);
  EXPECT_EQ(body.find("rootTraceName"), std::string::npos);
}

TEST_F(TempoApiTest, SearchWithoutAnythingFindsAllNewestFirst) {
  const std::string body = Body("/api/search");
  EXPECT_LT(body.find(R"("traceID":"b2)"), body.find(R"("traceID":"a1")"));
  EXPECT_EQ(WithoutMetrics(Body(Query("{ name = \"none\" }"))), R"({"traces":[])");
}

TEST_F(TempoApiTest, SearchHonoursRangeAndDurations) {
  const auto finds = [&](const std::string& params) {
    const std::string body = Body("/api/search?" + params);
    return (body.find(R"("traceID":"a1")") != std::string::npos ? 1 : 0) +
           (body.find(R"("traceID":"b2)") != std::string::npos ? 2 : 0);
  };
  EXPECT_EQ(finds("start=1763900000&end=1763900001"), 1);
  EXPECT_EQ(finds("start=1763900049&end=1763900050"), 2);  // Its last second counts.
  EXPECT_EQ(finds("since=55s"), 2);
  EXPECT_EQ(finds("minDuration=100ms"), 1);
  EXPECT_EQ(finds("maxDuration=100ms"), 2);
  EXPECT_EQ(finds("limit=1"), 2);
}

TEST_F(TempoApiTest, SearchTakesTagsInTheOldForms) {
  for (const char* params : {"tags=card%3Dvisa", "card=visa", "tags=error%3Dtrue",
                             "tags=service.name%3Dcart%20card%3DVIS"}) {
    const std::string body = Body("/api/search?" + std::string(params));
    EXPECT_NE(body.find(R"("traceID":"a1")"), std::string::npos) << params;
    EXPECT_EQ(body.find(R"("traceID":"b2)"), std::string::npos) << params;
  }
}

TEST_F(TempoApiTest, SearchRefusesWrongParameters) {
  EXPECT_EQ(Refusal("/api/search?q=%7B%7D&tags=a%3Db"),
            "invalid request: can't specify tags and q in the same query");
  EXPECT_EQ(Refusal("/api/search?limit=0"), "invalid limit: must be a positive number");
  EXPECT_EQ(Refusal("/api/search?limit=x"), "invalid limit: \"x\" is not a whole number");
  EXPECT_EQ(Refusal("/api/search?limit=262145"), "limit 262145 exceeds max limit 262144");
  EXPECT_EQ(Refusal("/api/search?spss=101"), "spans per span set exceeds 100. received 101");
  EXPECT_EQ(Refusal("/api/search?minDuration=2s&maxDuration=1s"),
            "invalid maxDuration: must be greater than minDuration");
  EXPECT_EQ(Refusal("/api/search?start=5&end=5"),
            "http parameter start must be before end. received start=5 end=5");
  Refusal("/api/search?start=5");
  Refusal("/api/search?minDuration=long");
}

TEST_F(TempoApiTest, ErrorsOfAQueryShowTheirPlace) {
  const std::string text = Refusal(Query("{ .a = }"));
  EXPECT_EQ(text.substr(0, 25), "invalid TraceQL query: 1:");
  EXPECT_NE(text.find("\n    { .a = }\n"), std::string::npos) << text;
  EXPECT_NE(text.find('^'), std::string::npos);
}

TEST_F(TempoApiTest, TagNamesComeByScope) {
  EXPECT_EQ(WithoutMetrics(Body("/api/v2/search/tags?scope=resource")),
            R"({"scopes":[{"name":"resource","tags":["service.name"]}])");
  const std::string all = Body("/api/v2/search/tags?limit=5000");
  EXPECT_NE(all.find(R"({"name":"span","tags":["card","http.status_code"]})"), std::string::npos);
  EXPECT_NE(all.find(R"({"name":"event","tags":["exception.type"]})"), std::string::npos);
  EXPECT_NE(all.find(R"("name":"intrinsic","tags":["duration","name","status")"),
            std::string::npos);
  EXPECT_EQ(Refusal("/api/v2/search/tags?scope=all"), "invalid scope: all");
  Refusal("/api/v2/search/tags?start=1");
  EXPECT_NE(Body("/api/search/tags").find(R"("tagNames":["card","duration")"), std::string::npos);
}

TEST_F(TempoApiTest, TagNamesFollowTheFilter) {
  const std::string body = Body("/api/v2/search/tags?scope=span&q=" +
                                net::PercentEncode(R"({ resource.service.name = "cart" && })"));
  EXPECT_EQ(WithoutMetrics(body), R"({"scopes":[{"name":"span","tags":["card"]}])");
}

TEST_F(TempoApiTest, TagValuesHaveTheirTypes) {
  EXPECT_EQ(WithoutMetrics(Body("/api/v2/search/tag/resource.service.name/values?tag=x")),
            R"({"tagValues":[{"type":"string","value":"cart"},)"
            R"({"type":"string","value":"gateway"}])");
  EXPECT_EQ(WithoutMetrics(Body("/api/v2/search/tag/.http.status_code/values")),
            R"({"tagValues":[{"type":"int","value":"502"}])");
  EXPECT_EQ(WithoutMetrics(Body("/api/v2/search/tag/duration/values")), R"({"tagValues":[])");
  const std::string status = Body("/api/v2/search/tag/status/values");
  for (const char* word : {"ok", "error", "unset"}) {
    EXPECT_NE(status.find(R"({"type":"keyword","value":")" + std::string(word) + "\"}"),
              std::string::npos);
  }
  EXPECT_EQ(Refusal("/api/v2/search/tag/a%20b/values").substr(0, 30),
            "please provide a valid tagName");
}

TEST_F(TempoApiTest, TagValuesFollowTheFilter) {
  const std::string target = "/api/v2/search/tag/name/values?q=";
  EXPECT_EQ(WithoutMetrics(Body(target + net::PercentEncode("{ kind = server }"))),
            R"({"tagValues":[{"type":"string","value":"POST /pay"}])");
}

TEST_F(TempoApiTest, OldTagValuesAreBareTexts) {
  EXPECT_EQ(WithoutMetrics(Body("/api/search/tag/service.name/values")),
            R"({"tagValues":["cart","gateway"])");
  EXPECT_EQ(WithoutMetrics(Body("/api/search/tag/status.code/values")),
            R"({"tagValues":["unset","ok","error"])");
  EXPECT_EQ(Get("/api/search/tag/service.name").status, 404);
}

TEST_F(TempoApiTest, WhatTheLanguageDoesNotDefineYetIsRefused) {
  EXPECT_NE(Refusal(Query("{ parent.a = 1 }")).find("is not yet supported"), std::string::npos);
  EXPECT_NE(Refusal(Query("{ } | rate()")).find("computes metrics"), std::string::npos);
}

TEST_F(TempoApiTest, MetricsHaveSamplesAtTheRightEdges) {
  EXPECT_EQ(
      WithoutMetrics(Body(Metrics("query_range", "{ } | count_over_time() by(name)",
                                  "&start=1763899980&end=1763900060&step=40&exemplars=1"))),
      R"({"series":[{"labels":[{"key":"name","value":{"stringValue":"POST /pay"}}],"samples":[)"
      R"({"timestampMs":"1763899960000"},{"timestampMs":"1763900000000","value":1},)"
      R"({"timestampMs":"1763900040000"},{"timestampMs":"1763900080000"}],"exemplars":[{)"
      R"("labels":[{"key":"trace:id","value":{"stringValue":"a1"}},)"
      R"({"key":"name","value":{"stringValue":"POST /pay"}}],"value":1,)"
      R"("timestampMs":"1763900000000"}]},)"
      R"({"labels":[{"key":"name","value":{"stringValue":"charge"}}],"samples":[)"
      R"({"timestampMs":"1763899960000"},{"timestampMs":"1763900000000"},)"
      R"({"timestampMs":"1763900040000","value":1},)"
      R"({"timestampMs":"1763900080000","value":1}]}])");
}

TEST_F(TempoApiTest, LabelsOfMetricsAreTyped) {
  EXPECT_EQ(WithoutMetrics(Body(Metrics("query", "{ } | count_over_time() by(.http.status_code)"))),
            R"({"series":[{"labels":[{"key":".http.status_code","value":{"stringValue":"nil"}}],)"
            R"("value":2},{"labels":[{"key":".http.status_code","value":{"intValue":"502"}}],)"
            R"("value":1}])");
  EXPECT_EQ(
      WithoutMetrics(
          Body(Metrics("query", "{ kind = server } | quantile_over_time(duration, .5)"))),
      R"({"series":[{"labels":[{"key":"p","value":{"doubleValue":0.5}}],"value":0.268435456}])");
  EXPECT_EQ(WithoutMetrics(Body(Metrics("query", "{ } | max_over_time(duration)"))),
            R"({"series":[{"labels":[{"key":"__name__","value":{"stringValue":"max_over_time"}}],)"
            R"("value":0.24}])");
}

TEST_F(TempoApiTest, MetricsOfNothingAreNoSeries) {
  EXPECT_EQ(WithoutMetrics(Body(Metrics("query_range", "{ name = \"x\" } | rate()"))),
            R"({"series":[])");
}

TEST_F(TempoApiTest, MetricsEndNowAndBeginAnHourBeforeUnlessToldOtherwise) {
  const auto count = [&](const std::string& more) {
    const std::string body = Body(Metrics("query", "{ } | count_over_time()", more));
    const size_t at = body.find("\"value\":", body.find("count_over_time")) + 8;
    return body.find("count_over_time") == std::string::npos ? "" : body.substr(at, 1);
  };
  EXPECT_EQ(count(""), "3");
  EXPECT_EQ(count("&since=60s"), "1");
  EXPECT_EQ(count("&end=1763900049"), "2");
  EXPECT_EQ(count("&start=1763900049"), "1");
  EXPECT_EQ(count("&start=1763900000.5&end=2025-11-23T12:13:40Z"), "");
  EXPECT_EQ(count("&start=1763900000000000000&end=1763900000010000000"), "2");
}

TEST_F(TempoApiTest, TooManySeriesAreAPartialAnswer) {
  const std::string body =
      Body(Metrics("query", "{ } | count_over_time() by(name)", "&maxSeries=1"));
  EXPECT_NE(
      body.find(R"("status":"PARTIAL","message":"Response exceeds maximum series limit of 1,)"),
      std::string::npos)
      << body;
  EXPECT_EQ(body.find("charge"), std::string::npos);
}

TEST_F(TempoApiTest, MetricsSayWhatTheyCountedAPartOf) {
  const auto ask = [&](const std::string& endpoint, std::string_view traceql) {
    return GetWithin({.max_trace_spans = 1},
                     Metrics(endpoint, traceql, "&start=1763899900&end=1763900100"));
  };
  const std::string what =
      "1 traces have more than 1 spans (query.max_trace_spans), of which a part was searched";
  for (const char* endpoint : {"query", "query_range"}) {
    const net::HttpResponse cut = ask(endpoint, "{ } >> { } | count_over_time()");
    EXPECT_NE(cut.body.find("\"status\":\"PARTIAL\",\"message\":\"" + what + "\""),
              std::string::npos)
        << cut.body;
    const std::pair<std::string, std::string> warning("Warning", "199 orrery \"" + what + "\"");
    EXPECT_EQ(std::ranges::count(cut.headers, warning), 1);
    // Columns have the spans of all traces, however large.
    const net::HttpResponse whole = ask(endpoint, "{ } | count_over_time()");
    EXPECT_EQ(whole.body.find("PARTIAL"), std::string::npos) << whole.body;
    EXPECT_EQ(std::ranges::count(whole.headers, warning), 0);
  }
}

TEST_F(TempoApiTest, CompareHasALimitOfItsOwn) {
  const std::string body = Body(Metrics("query", "{ } | compare({ status = error })"));
  EXPECT_NE(body.find("selection_total"), std::string::npos);
  EXPECT_EQ(body.find("PARTIAL"), std::string::npos);
}

TEST_F(TempoApiTest, WrongParametersOfMetricsAreNamed) {
  const auto refusal = [&](const std::string& more) {
    return Refusal(Metrics("query_range", "{ } | rate()", more));
  };
  EXPECT_EQ(refusal("&start=20&end=10"), "end must be greater than start");
  EXPECT_NE(refusal("&step=-1").find("invalid step"), std::string::npos);
  EXPECT_NE(refusal("&step=x").find("invalid step"), std::string::npos);
  EXPECT_NE(refusal("&start=x").find("invalid start"), std::string::npos);
  EXPECT_NE(refusal("&end=9300000000000000000").find("invalid end"), std::string::npos);
  EXPECT_NE(refusal("&since=x").find("invalid since"), std::string::npos);
  EXPECT_NE(refusal("&exemplars=x").find("invalid exemplars"), std::string::npos);
  EXPECT_NE(
      refusal("&step=0.01").find("step of 10ms is too small, minimum step for given range is"),
      std::string::npos);
  EXPECT_NE(Refusal("/api/metrics/query_range").find("the query is missing"), std::string::npos);
  EXPECT_NE(Refusal(Metrics("query_range", "{ }")).find("searches for spans"), std::string::npos);
  EXPECT_NE(Refusal(Metrics("query", "{ } | rate(")).find("invalid TraceQL query: 1:12:"),
            std::string::npos);
}

TEST_F(TempoApiTest, QueriesPastTheirLimitsAreAnsweredAsTempoDoes) {
  const std::string by_id = "/api/traces/a1";
  EXPECT_EQ(GetWithin({.timeout_nanos = 0}, Query("{ }")).status, 504);
  EXPECT_EQ(GetWithin({.timeout_nanos = 0}, by_id).status, 504);
  ASSERT_TRUE(store_->Flush().ok());
  EXPECT_EQ(GetWithin({.max_bytes = 1}, Query("{ }")).status, 422);
  EXPECT_EQ(GetWithin({.max_bytes = 1}, by_id).status, 422);
  EXPECT_EQ(GetWithin({.max_trace_spans = 1}, by_id).status, 422);
  const std::string part = GetWithin({.max_trace_spans = 1}, "/api/v2/traces/a1").body;
  EXPECT_NE(part.find("\"status\":\"PARTIAL\""), std::string::npos) << part;
  EXPECT_NE(part.find("trace exceeds the maximum of 1 spans (query.max_trace_spans), a partial "
                      "trace is returned"),
            std::string::npos)
      << part;
}

}  // namespace
}  // namespace orrery::api
