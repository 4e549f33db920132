// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace orrery::cli {
namespace {

constexpr char kServeFooter[] =
    "Every setting of docs/settings.md is a flag, too: --traces.wal.durability=fsync.\n"
    "`orrery check-config --reference` prints them all.";

int Main(int argc, char** argv) {
  CLI::App app("Orrery: an observability stack for LLM applications in one process.", "orrery");
  app.require_subcommand(0, 1);
  int exit_code = kOk;

  ServeArguments serve_arguments;
  std::string data_dir;
  CLI::App* serve = app.add_subcommand("serve", "run the server");
  serve->add_option("--data-dir", data_dir, "the directory that holds everything stored; ./data");
  serve->add_option("--config", serve_arguments.config_file, "a YAML file with settings");
  serve->allow_extras();
  serve->footer(kServeFooter);
  serve->callback([&] {
    serve_arguments.settings = serve->remaining();
    if (serve->count("--data-dir") > 0)
      serve_arguments.settings.push_back("--data-dir=" + data_dir);
    exit_code = Serve(serve_arguments);
  });

  CheckConfigArguments check_arguments;
  CLI::App* check = app.add_subcommand("check-config", "say what is wrong with the settings");
  check->add_option("FILE", check_arguments.config_file, "the YAML file; none: environment alone");
  check->add_flag("--print", check_arguments.print, "print what is in force, as YAML");
  check->add_flag("--reference", check_arguments.reference, "print all settings, as Markdown");
  check->callback([&] { exit_code = CheckConfig(check_arguments); });

  QueryArguments query_arguments;
  query_arguments.url = "http://127.0.0.1:3000";
  CLI::App* query =
      app.add_subcommand("query", "search the traces of a running server, or compute metrics");
  query->add_option("QUERY", query_arguments.query, "TraceQL: { status = error }, { } | rate()")
      ->required();
  query->add_option("--url", query_arguments.url, "the server's web page; http://127.0.0.1:3000");
  query->add_option("--since", query_arguments.since,
                    "how far back, such as 1h; default: all, of metrics 1h");
  query->add_option("--limit", query_arguments.limit, "how many traces; 20");
  query->add_option("--step", query_arguments.step,
                    "of metrics: length of an interval, such as 1m");
  query->add_flag("--instant", query_arguments.instant,
                  "of metrics: one value for all of the time");
  query->add_flag("--json", query_arguments.json, "the answer as it comes");
  query->add_flag("--plan", query_arguments.plan,
                  "how the query would be answered, without asking the server");
  query->callback([&] { exit_code = Query(query_arguments); });

  InspectArguments inspect_arguments;
  CLI::App* inspect = app.add_subcommand(
      "inspect", "verify and summarize a data directory, also of a running server");
  inspect->add_option("DIR", inspect_arguments.data_dir, "the data directory")->required();
  inspect->add_flag("--dump", inspect_arguments.dump, "print all spans, as OTLP JSON lines");
  inspect->callback([&] { exit_code = Inspect(inspect_arguments); });

  app.add_subcommand("version", "print the version")->callback([&] { exit_code = PrintVersion(); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kCalledWrongly;
  }
  if (app.get_subcommands().empty()) std::cout << app.help();
  return exit_code;
}

}  // namespace
}  // namespace orrery::cli

int main(int argc, char** argv) {
  try {
    return orrery::cli::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "orrery: " << error.what() << "\n";
    return orrery::cli::kFailed;
  }
}
