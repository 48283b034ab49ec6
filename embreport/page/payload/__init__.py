"""The payload of a page: packed blocks and the manifest that describes them, format 1.

A block is a script element that browsers do not run, holding base64 of bytes; `packed` in the manifest
says whether they are deflated ("deflate-raw", RFC 1951) or as they are ("none", for pictures). Integers
are unsigned and stored in byte planes: first the lowest byte of every value, then the next. Everything is
in stored order (see `order`); the block `order` holds the source row of every stored row.

| block | holds |
|---|---|
| order | source rows; with `delta`, zigzag differences to the one before |
| projection | per axis 16-bit steps: value = low + q * step, 65535 = missing; with `delta` see above, mod 65536 |
| neighbors | offsets: zigzag (neighbor - row), row after row; positions: see `neighbors` |
| distances | per row a logarithmic scale, then per rank the growth of the quantised distance |
| column | text: all cells joined by line breaks, with counts where cells hold line breaks; category: values, codes |
| sheet | PNG or WebP pictures of tiles in stored order |

Only the first `finite` stored rows have neighbors. The page reads this with templates/js/payload, Python
with `embreport.page.read`; a test holds both against each other.
"""
