// Prints what stands in Bicep files, as their parse tree has it: one JSON object from path to declarations. Usage: node tree.js FILE...
import { readFileSync } from "node:fs";
import Parser from "tree-sitter";
import Bicep from "tree-sitter-bicep";

const parser = new Parser();
parser.setLanguage(Bicep);

const declarations = {
  parameter_declaration: "parameters",
  variable_declaration: "variables",
  resource_declaration: "resources",
  module_declaration: "modules",
  output_declaration: "outputs",
};

// The grammar knows no parameter files: there, a parameter is written like a variable.
const textOf = (path) => {
  const text = readFileSync(path, "utf8");
  return path.endsWith(".bicepparam") ? text.replace(/^param /gm, "var ") : text;
};

const stringOf = (node) => node.namedChildren.some((part) => part.type === "interpolation")
  ? { expression: node.text }
  : node.namedChildren.map((part) => part.type === "escape_sequence" ? part.text.slice(1) : part.text).join("");

const keyOf = (node) => node.type === "string" ? node.text.slice(1, -1) : node.text;

const objectOf = (node) => Object.fromEntries(node.namedChildren
  .filter((property) => property.type === "object_property" && property.namedChildren[0].type !== "resource_declaration")
  .map((property) => [keyOf(property.namedChildren[0]), valueOf(property.namedChildren.at(-1))]));

function valueOf(node) {
  switch (node.type) {
    case "string": return stringOf(node);
    case "object": return objectOf(node);
    case "array": return node.namedChildren.filter((item) => item.type !== "comment").map(valueOf);
    case "number": return Number(node.text);
    case "boolean": return node.text === "true";
    case "null": return null;
    case "if_statement": return valueOf(node.namedChildren.at(-1));
    case "for_statement": return { each: valueOf(node.namedChildren.at(-1)), of: node.namedChildren.at(-2).text };
    default: return { expression: node.text };
  }
}

const declarationOf = (node, decorators) => {
  const [name, second] = node.namedChildren;
  const assigned = node.children.some((child) => child.type === "=") ? valueOf(node.namedChildren.at(-1)) : undefined;
  const type = ["resource_declaration", "module_declaration"].includes(node.type) ? stringOf(second) : undefined;
  return { name: name.text, type, existing: node.children.some((child) => child.type === "existing"), decorators, value: assigned };
};

const firstError = (node) => node.type === "ERROR" || node.isMissing
  ? node
  : node.children.filter((child) => child.hasError || child.isMissing).map(firstError).find((found) => found);

// Declarations inside a resource are declarations of the file.
const collect = (node, into) => {
  let decorators = [];
  for (const child of node.namedChildren) {
    if (child.type === "decorators") {
      decorators = child.namedChildren.map((decorator) => decorator.text);
      continue;
    }

    const list = declarations[child.type];
    if (list) {
      into[list].push(declarationOf(child, decorators));
    }

    decorators = [];
    collect(child, into);
  }
};

const fileOf = (path) => {
  const text = textOf(path);
  const root = parser.parse(text).rootNode;
  const error = root.hasError ? firstError(root) : undefined;
  const file = { parameters: [], variables: [], resources: [], modules: [], outputs: [], strings: [], calls: [] };
  file.error = error ? `line ${error.startPosition.row + 1}: ${error.text.slice(0, 60)}` : null;
  collect(root, file);
  file.strings = root.descendantsOfType("string_content").map((node) => node.text);
  file.calls = root.descendantsOfType("call_expression").map((node) => node.namedChildren[0].text);
  return file;
};

console.log(JSON.stringify(Object.fromEntries(process.argv.slice(2).map((path) => [path, fileOf(path)]))));
