{{ day_spine("cast('2020-01-01' as date)", "cast('2039-12-31' as date)") }}
