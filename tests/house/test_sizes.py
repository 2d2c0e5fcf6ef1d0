"""Sizes within STYLE rule 7: what no longer fits in one look splits by subject."""

from tests.support import source

MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 40
MOST_PARAMETERS = 6


def test_no_file_is_longer_than_300_lines():
    lengths = {module.at(1): module.text.count("\n") for module in source.product()}
    assert {} == {place: lines for place, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE}


def test_no_function_is_longer_than_40_lines():
    too_long = {
        f"{module.at(function.lineno)} {function.name}": lines
        for module in source.product()
        for function in source.functions(module)
        if (lines := function.end_lineno - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert {} == too_long


def test_no_function_takes_more_than_6_parameters():
    too_many = {
        f"{module.at(function.lineno)} {function.name}": count
        for module in source.product()
        for function in source.functions(module)
        if (count := parameters(function)) > MOST_PARAMETERS
    }
    assert {} == too_many


def parameters(function):
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])
