"""Metric math: expressions over metrics, as alarms and target tracking use them.

`tokens` and `parser` read an expression, `grammar` says what it is made of, `functions` names what it can call and
`evaluation` computes it; one module for each kind of function.
"""
