"""From the bytes of an answer to columns, without an object for each value.

An answer has very many slots that look alike. So the text of one slot is learned (`learning.py`): what stands in it, and
where moments, numbers and texts lie between. Then all slots are read at once, piece by piece, as columns of bytes
(`reading.py`), and what does not look like the learned one is left over for the next one to be learned. Every byte of
every slot is compared or read, so that nothing is taken for what it is not, whatever the layout of the JSON.
What can't be read so, is read slot by slot (`plain.py`).
"""
