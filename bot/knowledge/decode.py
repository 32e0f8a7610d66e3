"""YAML decoded into the knowledge model, each fault with its file, line, field and mend.

YAML is composed into nodes (which know their lines) and decoded by the declarations in `model.py`. Every fault of every
file is collected before anything is refused, so that staff mend them in one go.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
import types
import typing
from typing import Any, Literal, TypeVar

import yaml

from bot.knowledge.model import DISTRICT_NAME, FORMER_NAME, UNIT_NAME
from bot.knowledge.problems import KnowledgeError, LineMap, Problem
from bot.text import compose

T = TypeVar("T")
DEEPEST = 50  # groups within one another; the model's own nest five deep
_MISSING: Any = object()


class _Decoder:
    """Decodes the nodes of one file into dataclasses, collecting faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []

    def fault(self, node: yaml.Node, path: str, message: str, mend: str) -> Any:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, path, message, mend))
        return _MISSING

    def value(self, wanted: Any, node: yaml.Node, path: str, rules: typing.Mapping[str, Any] = {}) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null"):
            return self.fault(node, path, "để trống", "ghi giá trị, hoặc bỏ hẳn dòng này nếu chưa biết")
        origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
        if origin in (typing.Union, types.UnionType):
            return self.value(next(a for a in arguments if a is not type(None)), node, path, rules)
        if origin is tuple:
            return self.sequence(arguments[0], node, path, rules)
        if origin is Literal:
            return self.choice(arguments, node, path)
        if dataclasses.is_dataclass(wanted):
            return self.mapping(typing.cast("type[Any]", wanted), node, path)
        return self.scalar(wanted, node, path, rules)

    def sequence(self, wanted: Any, node: yaml.Node, path: str, rules: typing.Mapping[str, Any]) -> Any:
        if not isinstance(node, yaml.SequenceNode):
            return self.fault(node, path, "phải là danh sách", "mỗi mục một dòng bắt đầu bằng «- », hoặc viết [mục, mục]")
        items = [self.value(wanted, child, f"{path}[{i}]", rules) for i, child in enumerate(node.value)]
        return _MISSING if any(i is _MISSING for i in items) else tuple(items)

    def choice(self, allowed: tuple[str, ...], node: yaml.Node, path: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return self.not_a_scalar(node, path)
        if node.value in allowed:
            return node.value
        return self.fault(node, path, f"giá trị «{node.value}» không có trong danh mục", f"dùng một trong: {', '.join(allowed)}")

    def not_a_scalar(self, node: yaml.Node, path: str) -> Any:
        return self.fault(node, path, "phải là một giá trị, không phải danh sách hay nhóm", "viết trên một dòng")

    def mapping(self, wanted: type[Any], node: yaml.Node, path: str) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self.fault(node, path, "phải là nhóm «khóa: giá trị»", "xem mẫu trong docs/so-tay-can-bo.md")
        fields = {f.metadata["yaml"]: f for f in dataclasses.fields(wanted)}
        hints = type_hints(wanted)
        found: dict[str, Any] = {}
        broken = False
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node, path, "khóa phải là một từ", "viết «khóa: giá trị»; đặt giá trị có dấu { hoặc [ trong ngoặc kép")
                broken = True
                continue
            name = key_node.value
            here = f"{path}.{name}" if path else name
            if name not in fields:
                near = difflib.get_close_matches(name, fields, 1)
                mend = f"có phải là «{near[0]}»?" if near else f"bỏ khóa này, hoặc dùng một trong: {', '.join(fields)}"
                self.fault(key_node, here, f"không có khóa «{name}»", mend)
                broken = True
            elif fields[name].name in found:
                self.fault(key_node, here, f"khóa «{name}» ghi hai lần", "giữ một, bỏ một")
                broken = True
            else:
                target = fields[name]
                found[target.name] = self.value(hints[target.name], value_node, here, target.metadata)
                if found[target.name] == () and target.default is dataclasses.MISSING:
                    self.fault(value_node, here, "danh sách trống", "ghi ít nhất một mục")
                    broken = True
        for name, target in fields.items():
            if target.name not in found and target.default is dataclasses.MISSING:
                here = f"{path}.{name}" if path else name
                self.fault(node, here, f"thiếu khóa bắt buộc «{name}»", f"thêm dòng «{name}: …»")
                broken = True
        if broken or any(v is _MISSING for v in found.values()):
            return _MISSING
        return wanted(**found)

    def scalar(self, wanted: Any, node: yaml.Node, path: str, rules: typing.Mapping[str, Any]) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return self.not_a_scalar(node, path)
        if wanted is str:
            return self.string(node, path, rules)
        if wanted is bool:
            answer = _ANSWERS.get(compose(node.value).lower())
            return self.fault(node, path, f"«{node.value}» không phải là có hay không", "ghi có hoặc không") if answer is None else answer
        if wanted is dt.date:
            try:
                return dt.date.fromisoformat(node.value)
            except ValueError:
                return self.fault(node, path, f"«{node.value}» không phải là ngày có thật", "ghi năm-tháng-ngày: 2026-07-20")
        try:
            number = wanted(node.value.replace("_", ""))
        except ValueError:
            kind = "số nguyên" if wanted is int else "số"
            return self.fault(node, path, f"«{node.value}» không phải là {kind}", "chỉ ghi chữ số, ví dụ 8000")
        low, high, above = rules.get("minimum"), rules.get("maximum"), rules.get("above")
        if (low is not None and number < low) or (high is not None and number > high):
            limits = f"từ {low}" + (f" đến {high}" if high is not None else "")
            return self.fault(node, path, f"«{node.value}» nằm ngoài khoảng cho phép", f"ghi số {limits}")
        if above is not None and not number > above:
            return self.fault(node, path, f"«{node.value}» phải lớn hơn {above}", "ghi số dương, hoặc bỏ dòng nếu chưa biết")
        return number

    def string(self, node: yaml.ScalarNode, path: str, rules: typing.Mapping[str, Any]) -> Any:
        text = compose(node.value)
        if not text:
            return self.fault(node, path, "để trống", "ghi giá trị, hoặc bỏ hẳn dòng này nếu chưa biết")
        pattern = rules.get("pattern")
        if pattern and not re.fullmatch(pattern, text):
            return self.fault(node, path, f"«{text}» sai dạng", f"dạng đúng: {_EXAMPLES.get(pattern, pattern)}")
        return text


_EXAMPLES = {
    r"\d\.\d{6}": '"1.001193" (một chữ số, dấu chấm, sáu chữ số, đặt trong ngoặc kép)',
    r"https?://\S+": "https://dichvucong.gov.vn/…",
    r"\d{4}(-\d{2}(-\d{2})?)?": "2026, 2026-07 hoặc 2026-07-20",
    UNIT_NAME: "Phường Cầu Giấy, Xã Đông Anh (viết đủ chữ Phường hoặc Xã)",
    FORMER_NAME: "Phường Dịch Vọng, Xã Cổ Loa, Thị trấn Phùng",
    DISTRICT_NAME: "Quận Cầu Giấy, Huyện Đông Anh, Thị xã Sơn Tây",
    r"[a-z0-9-]+": "chữ thường không dấu, nối bằng gạch ngang: ho-tich",
}
_ANSWERS = {"có": True, "true": True, "không": False, "false": False}
_HINTS: dict[type[Any], dict[str, Any]] = {}


def type_hints(wanted: type[Any]) -> dict[str, Any]:
    """Return the types of the fields of the dataclass `wanted`, by name; worked out once."""
    if wanted not in _HINTS:
        _HINTS[wanted] = typing.get_type_hints(wanted)
    return _HINTS[wanted]


def _refuse_depth(text: str, file: str) -> None:
    """Raise KnowledgeError when groups nest deeper than any entry's: the composer recurses in C and would bring the process down."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            mend = "viết lại theo tệp mẫu, bỏ các dấu [ và { thừa"
            raise KnowledgeError(
                [Problem(file, event.start_mark.line + 1 if event.start_mark else 1, "", "các nhóm lồng nhau quá sâu", mend)]
            )


def _compose_yaml(text: str, file: str) -> yaml.Node:
    try:
        _refuse_depth(text, file)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        mend = "xem lại thụt dòng, dấu ngoặc và dấu «: »; đặt câu có «: » hoặc «#» trong ngoặc kép"
        raise KnowledgeError([Problem(file, line, "", "không đọc được YAML", mend)]) from error
    except yaml.YAMLError as error:
        mend = "xóa ký tự lạ; lưu tệp dạng UTF-8"
        raise KnowledgeError([Problem(file, 1, "", "tệp có ký tự không hợp lệ", mend)]) from error
    if node is None:
        raise KnowledgeError([Problem(file, 1, "", "tệp trống", "ghi nội dung hoặc xóa tệp")])
    return node


def read(wanted: type[T], text: str, file: str) -> tuple[T, LineMap]:
    """Decode the YAML `text` of `file` into `wanted`, a dataclass of `model.py`.

    Raises KnowledgeError with every fault of the file.
    """
    decoder = _Decoder(file)
    value = decoder.value(wanted, _compose_yaml(text, file), "")
    if decoder.problems:
        raise KnowledgeError(decoder.problems)
    return typing.cast(T, value), LineMap(file, decoder.lines)


def read_list(wanted: type[T], text: str, file: str) -> tuple[list[T], LineMap]:
    """Decode a YAML list of `wanted`, with the lines of its items ("[0].ten"); raises KnowledgeError with every fault of the file."""
    decoder = _Decoder(file)
    value = decoder.value(tuple[wanted, ...], _compose_yaml(text, file), "")  # type: ignore[valid-type]
    if decoder.problems:
        raise KnowledgeError(decoder.problems)
    return list(value), LineMap(file, decoder.lines)
