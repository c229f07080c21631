// Written from the graph, read through the text form: the parser is the only place that builds a
// graph from something untrusted.
#include "ir/json.h"

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "ir/text.h"

namespace ir {

namespace {

using Json = nlohmann::ordered_json;

class Writer {
 public:
  explicit Writer(const Graph& g) : g_(g) {}

  Json graph() {
    Json checks = Json::array();
    for (const Check& c : g_.dims.checks()) checks.push_back(g_.dims.str(c));
    Json out = {{"format", "braze-graph"},
                {"version", json_version},
                {"name", g_.name},
                {"files", g_.files},
                {"checks", checks}};
    out.update(body(Graph::main));
    return out;
  }

 private:
  size_t id(Ref r) { return ids_.try_emplace(r.id, ids_.size()).first->second; }

  Json body(BodyId b) {
    Json params = Json::array(), nodes = Json::array(), results = Json::array();
    for (Ref p : g_.body(b).params)
      params.push_back({{"id", id(p)}, {"type", print(g_, g_.type(p))}});
    for (Ref r : g_.body(b).nodes) nodes.push_back(node(r));
    for (Ref r : g_.body(b).results) results.push_back(id(r));
    return {{"params", params}, {"nodes", nodes}, {"results", results}};
  }

  Json node(Ref r) {
    Json inputs = Json::array(), attrs = Json::object(), bodies = Json::object();
    for (Ref in : g_.inputs(r)) inputs.push_back(id(in));
    const size_t own = id(r);
    for (const AttrField& f : schema(g_.op(r))) {
      const std::string name(f.name);
      if (f.kind == AttrKind::body)
        bodies[name] = body(g_.attrs(r).body(f.name));
      else
        attrs[name] = print_attribute(g_, r, f);
    }
    Json out = {{"id", own},
                {"op", spelling(g_.op(r))},
                {"inputs", inputs},
                {"type", print(g_, g_.type(r))}};
    if (!attrs.empty()) out["attrs"] = attrs;
    if (!bodies.empty()) out["bodies"] = bodies;
    const Loc loc = g_[r].loc;
    if (loc.known()) out["location"] = {loc.file, loc.line, loc.column};
    if (loc.known() && (loc.silenced | loc.reported)) out["errors"] = {loc.silenced, loc.reported};
    return out;
  }

  const Graph& g_;
  std::unordered_map<uint32_t, size_t> ids_;
};

// JSON to the text form.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  std::string text() {
    if (json_.value("format", "") != "braze-graph")
      throw UserError("this JSON is not a braze graph");
    if (json_.value("version", 0) != json_version)
      throw UserError("this graph has version " + std::to_string(json_.value("version", 0)) +
                      "; this braze reads version " + std::to_string(json_version));
    out_ = "graph " + json_.value("name", "") + params(json_);
    std::string checks;
    const Json all = json_.value("checks", Json::array());
    for (const Json& c : all) checks += (checks.empty() ? " where " : ", ") + c.get<std::string>();
    out_ += checks + " ";
    statements(json_, "return");
    return out_;
  }

 private:
  static std::string value(const Json& id) { return "%" + std::to_string(id.get<uint64_t>()); }

  static std::string values(const Json& ids) {
    std::string out;
    for (const Json& id : ids) out += (out.empty() ? " " : ", ") + value(id);
    return out;
  }

  static std::string params(const Json& body) {
    std::string out;
    for (const Json& p : body.at("params"))
      out += (out.empty() ? "" : ", ") + value(p.at("id")) + ": " + p.at("type").get<std::string>();
    return "(" + out + ")";
  }

  void statements(const Json& body, const char* end) {
    out_ += "{\n";
    for (const Json& n : body.at("nodes")) node(n);
    out_ += end + values(body.at("results")) + "\n}";
  }

  void node(const Json& n) {
    out_ += value(n.at("id")) + " = " + n.at("op").get<std::string>() + values(n.at("inputs"));
    std::string attrs;
    const Json fields = n.value("attrs", Json::object());
    for (const auto& [name, text] : fields.items())
      attrs += (attrs.empty() ? " {" : ", ") + name + "=" + text.get<std::string>();
    out_ += attrs.empty() ? "" : attrs + "}";
    out_ += " : " + n.at("type").get<std::string>();
    if (const auto loc = n.find("location"); loc != n.end())
      out_ += " @ \"" + json_.at("files").at(loc->at(0).get<size_t>()).get<std::string>() +
              "\":" + std::to_string(loc->at(1).get<uint32_t>()) + ":" +
              std::to_string(loc->at(2).get<uint32_t>());
    if (const auto errors = n.find("errors"); n.contains("location") && errors != n.end())
      out_ += " errors " + std::to_string(errors->at(0).get<uint8_t>()) + ":" +
              std::to_string(errors->at(1).get<uint8_t>());
    const Json bodies = n.value("bodies", Json::object());
    for (const auto& [name, body] : bodies.items()) {
      out_ += " " + name + params(body) + " ";
      statements(body, "yield");
    }
    out_ += "\n";
  }

  const Json& json_;
  std::string out_;
};

}  // namespace

std::string to_json(const Graph& graph, int indent) { return Writer(graph).graph().dump(indent); }

Graph from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    return parse(Reader(json).text());
  } catch (const Json::parse_error& e) {
    throw UserError(e.what());
  } catch (const Json::exception& e) {
    throw UserError(std::string("this JSON is not a braze graph: ") + e.what());
  } catch (const UserError& e) {
    throw UserError(std::string("the graph in this JSON is not valid: ") + e.what());
  }
}

}  // namespace ir
