#include "row.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>

#include "base/percent.h"
#include "declare/yaml.h"
#include "plan_text.h"

namespace penstock::cli {
namespace {

constexpr const char* kNone = "none";

Outcome<std::string> integerJson(const Option& option, const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return Failure{kUsage, std::string(option.flag) + " takes a whole number"};
  }
  return std::to_string(number);
}

Outcome<std::string> checkedJson(const Option& option, std::string text) {
  auto document = json::parse(text, {}, option.flag);
  if (!document) return Failure{kUsage, document.error().message};
  return text;
}

std::string listJson(const std::vector<std::string>& items) {
  std::string text;
  json::Writer out(text);
  out.beginArray();
  for (const std::string& item : items) out.value(item);
  out.endArray();
  return text;
}

// Never a flag's value: those stay in the shell's history and in the process list.
std::optional<std::string> readSecret(const Option& option, const Values& values) {
  if (values.find(option.flag) != nullptr) {
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }
  const char* text = option.variable == nullptr ? nullptr : std::getenv(option.variable);
  return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

// The option's value as JSON; an empty text when it was not given.
Outcome<std::string> jsonOf(const Option& option, const Values& values) {
  if (option.kind == Kind::SecretLine) {
    const auto secret = readSecret(option, values);
    return secret ? json::quoted(*secret) : std::string();
  }
  const std::string* text = values.find(option.flag);
  if (text == nullptr) return std::string();
  const bool clear = option.clearable && *text == kNone;
  switch (option.kind) {
    case Kind::Flag: return *text;
    case Kind::List: return clear ? "[]" : listJson(values.options.find(option.flag)->second);
    case Kind::Int: return clear ? Outcome<std::string>("null") : integerJson(option, *text);
    case Kind::Json: return clear ? Outcome<std::string>("null") : checkedJson(option, *text);
    case Kind::JsonFile: {
      auto source = readSource(*text);
      return source ? checkedJson(option, *std::move(source)) : std::move(source);
    }
    case Kind::Text:
    case Kind::SecretLine: break;
  }
  return clear ? "null" : json::quoted(*text);
}

// Fields in their order; those that are named "a.b" go into one object a.
std::string bodyOf(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  json::Writer out(text);
  out.beginObject();
  std::vector<std::string> done;
  for (const auto& [name, value] : fields) {
    const size_t dot = name.find('.');
    if (dot == std::string::npos) {
      out.rawField(name, value);
      continue;
    }
    const std::string parent = name.substr(0, dot + 1);
    if (std::ranges::find(done, parent) != done.end()) continue;
    done.push_back(parent);
    out.key(name.substr(0, dot)).beginObject();
    for (const auto& [other, inner] : fields) {
      if (other.starts_with(parent)) out.rawField(other.substr(dot + 1), inner);
    }
    out.endObject();
  }
  out.endObject();
  return text;
}

// "/providers/{provider_id}/health" with the arguments for what is in braces.
Outcome<std::string> pathOf(const Session& session, const Row& row, const Values& values) {
  std::string path;
  std::string_view rest = row.path;
  for (size_t i = 0;; ++i) {
    const size_t open = rest.find('{');
    path += rest.substr(0, open);
    if (open == std::string_view::npos) return path;
    rest.remove_prefix(rest.find('}') + 1);
    std::string named = values.arguments.at(i);
    if (row.arguments[i].lookup == Argument::Lookup::Provider) {
      auto id = session.providerId(named);
      if (!id) return std::move(id).error();
      named = *std::move(id);
    }
    path += percentEncode(named);
  }
}

// What only the other row of a Switch takes, and what this one cannot do without.
Outcome<Unit> checkOptions(const Row& row, const Values& values) {
  for (const auto& entry : values.options) {
    const std::string& flag = entry.first;
    const bool known =
        flag == "--limit" || flag == kCsv ||
        std::ranges::any_of(row.options, [&](const Option& o) { return flag == o.flag; });
    if (!known && !entry.second.empty())
      return Failure{kUsage, flag + " does not go with the other flags"};
  }
  for (const Option& option : row.options) {
    if (option.required && values.find(option.flag) == nullptr) {
      return Failure{kUsage, std::string(option.flag) + " is required"};
    }
  }
  return Unit{};
}

struct Request {
  std::string path;
  Query query;
  std::string body;
};

Outcome<Request> requestOf(const Session& session, const Row& row, Values& values) {
  if (row.prepare != nullptr) {
    auto prepared = row.prepare(session, values);
    if (!prepared) return std::move(prepared).error();
  }
  Request request;
  std::vector<std::pair<std::string, std::string>> fields;
  for (const Option& option : row.options) {
    if (option.into == Into::Parameter)
      request.query.emplace_back(option.field, values.text(option.flag));
    if (option.into != Into::Body) continue;
    auto json = jsonOf(option, values);
    if (!json) return std::move(json).error();
    if (!json->empty()) fields.emplace_back(option.field, *std::move(json));
  }
  fields.insert(fields.end(), values.fields.begin(), values.fields.end());
  auto path = pathOf(session, row, values);
  if (!path) return std::move(path).error();
  request.path = *std::move(path);
  const std::string_view method = row.method;
  if (method != "GET" && method != "DELETE") request.body = bodyOf(fields);
  return request;
}

Outcome<Reply> send(const Session& session, const Row& row, const Values& values,
                    const Request& request) {
  if (row.print != Print::Table || !row.paged || row.list != nullptr) {
    return session.call(row.method, withQuery(request.path, request.query), request.body);
  }
  std::optional<size_t> limit = row.limit == 0 ? std::nullopt : std::optional(row.limit);
  if (const std::string* text = values.find("--limit")) {
    size_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size()) {
      return Failure{kUsage, "--limit takes a whole number"};
    }
    limit = number;
  }
  return session.list(request.path, request.query, limit);
}

std::string tableText(const Row& row, const Values& values, const json::ValueRef& data) {
  if (row.list == nullptr) return tableOf(data, row.columns);
  const bool grouped = row.grouped.list != nullptr && values.find("--group-by") != nullptr;
  const auto rows = data.find(grouped ? row.grouped.list : row.list);
  return rows ? tableOf(*rows, grouped ? row.grouped.columns : row.columns) : std::string();
}

void printReply(const Session& session, const Row& row, const Values& values, const Reply& reply) {
  const json::ValueRef data = reply.data();
  switch (row.print) {
    case Print::One:
      return session.print(reply,
                           row.render == nullptr ? fieldsOf(data, row.columns) : row.render(data));
    case Print::Table: return session.print(reply, tableText(row, values, data));
    case Print::Whole: return session.print(reply, declare::yamlOf(data));
    case Print::Done:
      return session.print(reply, std::string(row.done) + " " + values.arguments.at(0) + "\n");
    case Print::Changes: return session.print(reply, fieldLines(data.find("changes"), ""));
    case Print::Secret: break;
  }
  session.print(reply, std::string(data.stringAt(row.secret).value_or("")) + "\n");
  if (session.json()) return;
  std::cerr << row.done << " " << data.stringAt("id").value_or("") << "; store the "
            << (std::string_view(row.secret) == "key" ? "key" : "secret")
            << " now, it is not shown again\n";
}

}  // namespace

Outcome<Unit> runRow(const Session& session, const Row& row, Values& values) {
  if (auto checked = checkOptions(row, values); !checked) return checked;
  auto request = requestOf(session, row, values);
  if (!request) return request.error();
  if (row.run != nullptr) return row.run(session, withQuery(request->path, request->query));
  if (row.csv && values.text(kCsv) == "true") {
    request->query.emplace_back("format", "csv");
    const auto text = session.text("GET", withQuery(request->path, request->query));
    if (!text) return text.error();
    std::cout << *text;
    return Unit{};
  }
  const auto reply = send(session, row, values, *request);
  if (!reply) return reply.error();
  printReply(session, row, values, *reply);
  if (row.check == nullptr) return Unit{};
  const auto good = reply->data().find(row.check);
  if (good && good->asBool() == true) return Unit{};
  const auto reason = reply->data().stringAt("reason");
  return Failure{
      kRefused,
      std::string(reason.value_or(reply->data().stringAt("message").value_or("it does not hold")))};
}

}  // namespace penstock::cli
