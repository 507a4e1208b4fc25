"""Which device for what: `python -m benchmarks devices`.

cases     what is measured, over sizes and batches
ceilings  what a device can do at most: bandwidth by a triad, arithmetic by large products
measure   times of each case on each device, as rows of plain data
compare   from which size another device is the faster one, in sentences
report    tables, JSON, the roofline picture
command   the command line
"""
