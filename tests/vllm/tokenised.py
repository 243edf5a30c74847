"""Token ids by transformers' own tokenizer, in the interpreter that has transformers.

python tokenised.py FOLDER < lines (a JSON list) > ids (a list for each line)
"""

import json
import sys

from transformers import AutoTokenizer


def main() -> None:
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    ids = [tokenizer(line, add_special_tokens=False)["input_ids"] for line in json.load(sys.stdin)]
    json.dump(ids, sys.stdout)


if __name__ == "__main__":
    main()
