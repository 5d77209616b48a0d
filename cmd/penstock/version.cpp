// penstock version: what this binary is made of.
#include <iostream>
#include <memory>

#include <openssl/crypto.h>
#include <sqlite3.h>

#include "commands.h"
#include "json/writer.h"

namespace penstock::cli {

void addVersion(CLI::App& app, int&) {
  CLI::App& command =
      *app.add_subcommand("version", "Print the version and those of the libraries");
  auto as_json = std::make_shared<bool>(false);
  command.add_flag("--json", *as_json, "As a JSON object");
  command.callback([as_json] {
    const char* openssl = OpenSSL_version(OPENSSL_VERSION_STRING);
    if (!*as_json) {
      std::cout << "penstock " PENSTOCK_VERSION "\nsqlite " << sqlite3_libversion() << "\nopenssl "
                << openssl << "\n";
      return;
    }
    std::string text;
    json::Writer out(text);
    out.beginObject().field("penstock", PENSTOCK_VERSION).field("sqlite", sqlite3_libversion());
    out.field("openssl", openssl).endObject();
    std::cout << text << "\n";
  });
}

}  // namespace penstock::cli
