"""Harbour Motors, a made-up car dealership: people, deals and targets from a seed and two dates, and its loader.

`cast` and `catalogue` say who and what there is, `months` how each person's month goes, `deals` and `aims` make records
and targets of that, all without a clock or a database. `load` writes them through the product's own services.
"""
