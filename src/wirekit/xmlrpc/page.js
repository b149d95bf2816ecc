// The documentation page of an XML-RPC server: search, and a console to try methods from.
// Arguments are JSON; what JSON has no form for is {"$base64": "..."}, {"$dateTime": "..."} and {"$i8": "..."}.
// Whatever comes from the server is shown as text, never as HTML.
"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- values to XML

  class Double { constructor(source) { this.source = source; } }
  class Whole { constructor(source) { this.source = source; } }

  const escape = (text) => text.replace(/[&<>\r]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" })[c]);
  const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

  function scalar(tag, text) {
    if (FORBIDDEN.test(text)) throw new Error("XML cannot hold a control character");
    return `<value><${tag}>${escape(text)}</${tag}></value>`;
  }

  function whole(source) {
    const number = BigInt(source);
    if (number >= -(2n ** 31n) && number < 2n ** 31n) return scalar("int", String(number));
    return scalar(number >= -(2n ** 63n) && number < 2n ** 63n ? "i8" : "biginteger", String(number));
  }

  // Digits in full, since XML-RPC has no exponents.
  function double(source) {
    const number = Number(source);
    if (!Number.isFinite(number)) throw new Error(`${source} is too large for a double`);
    let [, sign, digits, power] = /^(-?)([\d.]+)(?:e([+-]\d+))?$/.exec(String(Object.is(number, -0) ? "-0" : number));
    if (power !== undefined) {
      const [before, after = ""] = digits.split(".");
      const point = before.length + Number(power);
      const all = before + after;
      digits = point <= 0 ? "0." + "0".repeat(-point) + all : all.padEnd(point, "0").slice(0, point) + "." + (all.slice(point) || "0");
    }
    return scalar("double", sign + (digits.includes(".") ? digits : digits + ".0"));
  }

  function toXML(value) {
    if (value === null) return "<value><nil/></value>";
    if (value instanceof Whole) return whole(value.source);
    if (value instanceof Double) return double(value.source);
    if (typeof value === "number") return Number.isSafeInteger(value) ? whole(String(value)) : double(String(value));
    if (typeof value === "boolean") return scalar("boolean", value ? "1" : "0");
    if (typeof value === "string") return scalar("string", value);
    if (Array.isArray(value)) return `<value><array><data>${value.map(toXML).join("")}</data></array></value>`;
    const names = Object.keys(value);
    if (names.length === 1 && typeof value[names[0]] === "string") {
      const special = { $base64: "base64", $dateTime: "dateTime.iso8601", $i8: "i8" }[names[0]];
      if (special) return scalar(special, value[names[0]]);
    }
    const members = names.map((name) => `<member><name>${scalar("x", name).slice(10, -12)}</name>${toXML(value[name])}</member>`);
    return `<value><struct>${members.join("")}</struct></value>`;
  }

  // JSON, with numbers as they were written where the browser tells (1.0 stays a double, large integers stay whole).
  function parse(text) {
    return JSON.parse(text, (key, value, context) => {
      if (typeof value !== "number" || context?.source === undefined) return value;
      return /[.eE]/.test(context.source) ? new Double(context.source) : new Whole(context.source);
    });
  }

  // What begins like JSON must be JSON; any other words are text.
  function parseArgument(text) {
    const trimmed = text.trim();
    try {
      return parse(trimmed);
    } catch (error) {
      if (/^[[{"]|^-?\d/.test(trimmed)) throw error;
      return text;
    }
  }

  const writeCall = (method, values) =>
    `<?xml version="1.0"?>\n<methodCall>\n<methodName>${scalar("x", method).slice(10, -12)}</methodName>\n` +
    `<params>\n${values.map((value) => `<param>${toXML(value)}</param>\n`).join("")}</params>\n</methodCall>\n`;

  // ---- XML to values, as text that is JSON again

  const child = (element, name) => [...element.children].find((one) => one.localName === name);

  function show(value, indent = "") {
    const inner = value.firstElementChild;
    const text = (inner ?? value).textContent;
    if (!inner) return JSON.stringify(text);
    const deeper = indent + "  ";
    switch (inner.localName) {
      case "int": case "i1": case "i2": case "i4": case "i8": case "biginteger": case "double": case "float":
        return text.trim();
      case "boolean": return text.trim() === "1" ? "true" : "false";
      case "nil": return "null";
      case "base64": return `{"$base64": ${JSON.stringify(text.replace(/\s+/g, ""))}}`;
      case "dateTime.iso8601": return `{"$dateTime": ${JSON.stringify(text)}}`;
      case "array": {
        const items = [...(child(inner, "data")?.children ?? [])].map((one) => deeper + show(one, deeper));
        return items.length ? `[\n${items.join(",\n")}\n${indent}]` : "[]";
      }
      case "struct": {
        const members = [...inner.children].map((member) => {
          const name = child(member, "name")?.textContent ?? "";
          const item = child(member, "value");
          return `${deeper}${JSON.stringify(name)}: ${item ? show(item, deeper) : "null"}`;
        });
        return members.length ? `{\n${members.join(",\n")}\n${indent}}` : "{}";
      }
      default: return JSON.stringify(text);
    }
  }

  function readAnswer(text) {
    const page = new DOMParser().parseFromString(text, "application/xml");
    if (page.querySelector("parsererror")) throw new Error("the answer is no XML");
    const fault = page.querySelector("methodResponse > fault > value");
    if (fault) {
      const parts = {};
      for (const member of fault.querySelectorAll(":scope > struct > member")) {
        parts[child(member, "name").textContent] = child(member, "value").textContent;
      }
      return { fault: true, code: (parts.faultCode ?? "").trim(), text: parts.faultString ?? "" };
    }
    const value = page.querySelector("methodResponse > params > param > value");
    if (!value) throw new Error("the answer is no XML-RPC");
    return { fault: false, text: show(value) };
  }

  // ---- the console

  function make(tag, kind, text) {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function collect(form) {
    const values = [];
    const inputs = findAll("input", form);
    const last = inputs.findLastIndex((input) => input.value.trim() !== "");
    inputs.forEach((input, at) => {
      input.removeAttribute("aria-invalid");
      try {
        if (input.dataset.rest !== undefined) {
          if (input.value.trim()) values.push(...parse(`[${input.value}]`));
        } else if (input.value.trim() !== "") {
          values.push(parseArgument(input.value));
        } else if (input.required || at < last) {
          throw new Error("a value is needed here");
        }
      } catch (error) {
        input.setAttribute("aria-invalid", "true");
        input.focus();
        throw new Error(`${input.dataset.name}: ${error.message}`);
      }
    });
    return values;
  }

  function report(output, parts) {
    const verdict = make("p", "verdict");
    verdict.append(make("span", parts.good ? "good" : "bad", parts.verdict));
    if (parts.time !== undefined) verdict.append(" ", make("span", "time", `${parts.time} ms`));
    output.append(verdict);
    if (parts.text !== undefined) output.append(make("pre", "result", parts.text));
    if (parts.request === undefined) return;
    const wire = make("details", "wire");
    wire.append(make("summary", "", "On the wire"), make("h3", "", "Sent"), make("pre", "request", parts.request));
    if (parts.response !== undefined) wire.append(make("h3", "", "Received"), make("pre", "response", parts.response));
    output.append(wire);
  }

  async function call(form) {
    const output = find("output", form);
    const button = find("button", form);
    output.replaceChildren();
    let request, response, time;
    try {
      request = writeCall(form.dataset.method, collect(form));
    } catch (error) {
      report(output, { good: false, verdict: error.message });
      return;
    }
    button.disabled = true;
    try {
      const start = performance.now();
      const answer = await fetch(location.pathname, { method: "POST", headers: { "Content-Type": "text/xml" }, body: request });
      response = await answer.text();
      time = Math.round(performance.now() - start);
      if (!answer.ok) throw new Error(`HTTP ${answer.status} ${answer.statusText}`.trim());
      const read = readAnswer(response);
      report(output, {
        good: !read.fault, verdict: read.fault ? `Fault ${read.code}` : "Result", text: read.text, time, request, response,
      });
    } catch (error) {
      report(output, { good: false, verdict: error.message, time, request, response });
    } finally {
      button.disabled = false;
    }
  }

  for (const form of findAll("form.console")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      call(form);
    });
  }

  // ---- search

  const search = find("#search");
  const methods = findAll(".method");
  const links = new Map(findAll("nav li").map((item) => [item.dataset.name, item]));
  const count = find("#count");
  const nothing = find("#nothing");

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const method of methods) {
      const text = method.dataset.text ??= find(".told", method).textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word));
      method.hidden = !fits;
      const item = links.get(method.dataset.name);
      if (item) item.hidden = !fits;
      shown += fits;
    }
    count.textContent = words.length ? `${shown} of ${methods.length} methods` : `${methods.length} method${methods.length === 1 ? "" : "s"}`;
    nothing.hidden = shown > 0;
  }

  search.addEventListener("input", filter);
  find(".search").addEventListener("submit", (event) => {
    event.preventDefault();
    const first = methods.find((method) => !method.hidden);
    if (first) find("h2 a", first).focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(input|textarea|select)$/i.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
    }
  });
  if (search.value) filter(); // a browser may restore it
})();
