#pragma once

#include <cmath>
#include <iomanip>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

// One JSON object, written as one line and flushed, so that a caller may wait for it.
class JsonLine {
public:
    explicit JsonLine(const std::string& kind) { add("kind", kind); }
    JsonLine& add(const std::string& name, const std::string& value) { return raw(name, quoted(value)); }
    JsonLine& add(const std::string& name, const char* value) { return add(name, std::string(value)); }
    JsonLine& add(const std::string& name, bool value) { return raw(name, value ? "true" : "false"); }
    JsonLine& add(const std::string& name, long value) { return raw(name, std::to_string(value)); }
    JsonLine& add(const std::string& name, double value) { // NaN, the median of nothing, has no word in JSON but null
        std::ostringstream text;
        text << std::fixed << std::setprecision(4) << value;
        return raw(name, std::isfinite(value) ? text.str() : "null");
    }
    JsonLine& add(const std::string& name, std::optional<double> value) {
        return value ? add(name, *value) : raw(name, "null");
    }
    JsonLine& raw(const std::string& name, const std::string& json) {
        text_ += (text_.empty() ? "" : ",") + quoted(name) + ":" + json;
        return *this;
    }
    void print() const { std::cout << "{" << text_ << "}" << std::endl; }

private:
    static std::string quoted(const std::string& value) {
        std::ostringstream text;
        text << '"';
        for (const unsigned char c : value) {
            if (c == '"' || c == '\\') text << '\\' << c;
            else if (c < 0x20) text << "\\u" << std::hex << std::setw(4) << std::setfill('0') << int{c} << std::dec;
            else text << c;
        }
        text << '"';
        return text.str();
    }
    std::string text_;
};
