"""A reconciliation as JUnit XML, so that CI shows each compared figure as a test."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET  # written, never parsed

from onerow.reconcile.report import DIFFERENCE, INFO

# XML 1.0 has no way to write these, not even as a reference.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(report: dict[str, Any]) -> str:
    """Return the JSON of a report as JUnit XML: a suite a mart, a test case a figure that was compared.

    What a rule found is shown in the failure of the first figure that names the rule; a rule that no figure names is
    a test case of its own.
    """
    root = ET.Element("testsuites", name="onerow reconcile")
    for mart in report["marts"]:
        suite = ET.SubElement(root, "testsuite", name=_text(mart["model"]), timestamp=report["reconciled_at"])
        for level in mart["levels"]:
            _level(suite, mart, level)
    for element in [*root, root]:
        element.set("tests", str(len(list(element.iter("testcase")))))
        element.set("failures", str(len(list(element.iter("failure")))))
        element.set("errors", "0")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _level(suite: ET.Element, mart: dict[str, Any], level: dict[str, Any]) -> None:
    findings = {finding["rule"]: finding for finding in level["findings"]}
    for figure in level["figures"]:
        if figure["status"] == INFO:
            continue
        name = f"{level['level']}: {figure['figure']}"
        if figure["window_start"] is not None:
            name += f" [{figure['window_start']}]"
        case = _case(suite, mart, name)
        if figure["status"] == DIFFERENCE:
            finding = findings.pop(figure["rule"], None)
            sides = [f"{side} {figure[side]}" for side in ("source", "destination") if figure[side] is not None]
            message = ", ".join([*sides, f"{figure['violations']} violations"])
            _fail(case, figure["rule"] or figure["figure"], message, finding["samples"] if finding else [])
    for rule, finding in findings.items():
        case = _case(suite, mart, f"{level['level']}: {rule}")
        _fail(case, rule, f"{finding['violations']} violations", finding["samples"])


def _case(suite: ET.Element, mart: dict[str, Any], name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=_text(mart["relation"]), name=_text(name), time="0")


def _fail(case: ET.Element, kind: str, message: str, samples: list[dict[str, Any]]) -> None:
    failure = ET.SubElement(case, "failure", type=_text(kind), message=_text(message))
    lines = [json.dumps(sample, ensure_ascii=False) for sample in samples]
    failure.text = _text("\n".join([message, *lines]))


def _text(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: ascii(found[0])[1:-1], text)
