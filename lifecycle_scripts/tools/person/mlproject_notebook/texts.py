"""The sentences that people read, in English and in Spanish."""

ENGLISH = {
    "title": "# {project} in {environment}: start here",
    "intro": (
        "This notebook is written at each start of `{instance}` and shows its status of {time}. Run `%mlproject "
        "status` in a notebook with the kernel **{kernel_title}** for the current one. Keep your own work in another "
        "notebook: if you change this one, it is left as it is, and the status is written next to it."
    ),
    "intro_plain": (
        "This notebook is written at each start of `{instance}` and shows its status of {time}. Keep your own work in "
        "another notebook: if you change this one, it is left as it is, and the status is written next to it."
    ),
    "status": "## Status",
    "links": "## Data and examples",
    "permission": "Missing permission",
    "permission_value": (
        "the role of this notebook may not call {actions}. Run `mlproject why` with the message below on your laptop, "
        "do what it says, and stop and start the notebook"
    ),
    "libraries": "Libraries",
    "since": "Since",
    "source": "Installed from",
    "kernel": "Kernel",
    "previous": "In use meanwhile",
    "previous_value": "the libraries of an earlier list",
    "todo": "What to do",
    "todo_failed": (
        "Read the message above and `mlproject notebook log {project} -e {environment} --notebook {notebook}` on your "
        "laptop. Correct the list, run `mlproject libraries push {project} --environment {environment}`, and stop and "
        "start the notebook. The other kernels work meanwhile."
    ),
    "no_libraries": "no list: the key `notebooks.{notebook}.libraries` of project.yaml names none",
    "not_started": "not started yet",
    "cluster": "Spark cluster",
    "cluster_answers": "Livy answers at {address}",
    "cluster_silent": (
        "Livy does not answer at {address}. A cluster without work terminates itself; "
        "`mlproject cluster up {project} -e {environment}` recreates it"
    ),
    "cluster_unknown": "unknown: {reason}",
    "cluster_unchecked": "not checked yet",
    "application": "Spark application",
    "application_answers": (
        "the network reaches Livy at {address}. Sessions start only while the application runs: "
        "`mlproject application start {project} -e {environment}`"
    ),
    "application_silent": "the network does not reach Livy at {address}. Deploy the network and the project again",
    "application_unknown": "unknown: {reason}",
    "application_unchecked": "not checked yet",
    "cost": "Running cost",
    "decimal_point": ".",
    "cost_known": "{usd} USD per hour for {type} (list price of {date}), plus {volume} GB of volume",
    "cost_unknown": "unknown: the price table has no price of {type} in {region}",
    "idle": "Idle stop",
    "idle_value": "after {minutes} minutes without work",
    "idle_time": "at {time} at the earliest",
    "hours": "Hours",
    "hours_value": "{start} to {stop} ({timezone}), with a start on {days}",
    "days": {
        "MON": "Monday",
        "TUE": "Tuesday",
        "WED": "Wednesday",
        "THU": "Thursday",
        "FRI": "Friday",
        "SAT": "Saturday",
        "SUN": "Sunday",
    },
    "work": "Copy of your work",
    "work_value": "{uri}",
    "work_failed": "{failed}. The next save, within some minutes, tries again; your files are on the volume",
    "work_none": "none in {environment}: keep your work in Git",
    "start_script": "Start script",
    "start_script_running": "`{path}` is running",
    "start_script_succeeded": "`{path}` succeeded",
    "start_script_failed": (
        "`{path}` failed with exit code {code}. Its output is in ~/SageMaker/.mlproject/start-script.log"
    ),
    "start_script_timeout": (
        "`{path}` was stopped after {minutes} minutes. Its output is in ~/SageMaker/.mlproject/start-script.log"
    ),
    "start_script_unchecked": "`{path}` has not started yet",
    "problem": "Setup",
    "log": "Log",
    "no_certificates": "the machine has no certificates of its own, so that only the private ones are trusted",
    "no_sparkmagic": "no SparkMagic kernel was found, so that notebooks cannot use Spark",
    "no_botocore": (
        "SparkMagic's Python has no botocore, which signs requests to the application. Run "
        "`{python} -m pip install botocore` in a terminal"
    ),
    "sparkmagic_invalid": (
        "SparkMagic could not read your `~/.sparkmagic/config.json`, which is now `{file}`. Correct your settings "
        "there, and copy them into the new `config.json`"
    ),
    "data": "Data",
    "artifacts": "Results and libraries",
    "open_console": "open in the console",
    "examples": "Examples",
    "help_title": "%mlproject can do:",
    "help": (
        ("%mlproject status", "show the status of this notebook: libraries, cluster, cost, idle stop"),
        ("%mlproject variables", "list the variables of the project that this kernel has"),
    ),
    "unknown": "%mlproject {word}: there is no such command. {help}",
    "undescribed": "This kernel does not run on a notebook instance of a project, so %mlproject has nothing to show.",
}

SPANISH = {
    "title": "# {project} en {environment}: empiece aquí",
    "intro": (
        "Este notebook se escribe en cada arranque de `{instance}` y muestra su estado a las {time}. Ejecute "
        "`%mlproject status` en un notebook con el kernel **{kernel_title}** para ver el estado actual. Trabaje en "
        "otro notebook: si modifica este, se queda como está y el estado se escribe a su lado."
    ),
    "intro_plain": (
        "Este notebook se escribe en cada arranque de `{instance}` y muestra su estado a las {time}. Trabaje en otro "
        "notebook: si modifica este, se queda como está y el estado se escribe a su lado."
    ),
    "status": "## Estado",
    "links": "## Datos y ejemplos",
    "permission": "Permiso que falta",
    "permission_value": (
        "el rol de este notebook no puede llamar a {actions}. Ejecute `mlproject why` en su portátil con el mensaje de "
        "abajo, haga lo que indique, y pare y arranque el notebook"
    ),
    "libraries": "Bibliotecas",
    "since": "Desde",
    "source": "Instaladas desde",
    "kernel": "Kernel",
    "previous": "Mientras tanto",
    "previous_value": "siguen en uso las bibliotecas de una lista anterior",
    "todo": "Qué hacer",
    "todo_failed": (
        "Lea el mensaje de arriba y `mlproject notebook log {project} -e {environment} --notebook {notebook}` en su "
        "portátil. Corrija la lista, ejecute `mlproject libraries push {project} --environment {environment}`, y pare "
        "y arranque el notebook. Los demás kernels funcionan mientras tanto."
    ),
    "no_libraries": "sin lista: la clave `notebooks.{notebook}.libraries` de project.yaml no indica ninguna",
    "not_started": "aún sin empezar",
    "cluster": "Clúster de Spark",
    "cluster_answers": "Livy responde en {address}",
    "cluster_silent": (
        "Livy no responde en {address}. Un clúster sin trabajo se termina solo; "
        "`mlproject cluster up {project} -e {environment}` lo vuelve a crear"
    ),
    "cluster_unknown": "desconocido: {reason}",
    "cluster_unchecked": "aún sin comprobar",
    "application": "Aplicación de Spark",
    "application_answers": (
        "la red llega a Livy en {address}. Las sesiones solo arrancan con la aplicación en marcha: "
        "`mlproject application start {project} -e {environment}`"
    ),
    "application_silent": "la red no llega a Livy en {address}. Despliegue otra vez la red y el proyecto",
    "application_unknown": "desconocido: {reason}",
    "application_unchecked": "aún sin comprobar",
    "cost": "Coste en marcha",
    "decimal_point": ",",
    "cost_known": "{usd} USD por hora de {type} (precio de lista de {date}), más {volume} GB de volumen",
    "cost_unknown": "desconocido: la tabla de precios no tiene el de {type} en {region}",
    "idle": "Parada por inactividad",
    "idle_value": "tras {minutes} minutos sin trabajo",
    "idle_time": "no antes de las {time}",
    "hours": "Horario",
    "hours_value": "de {start} a {stop} ({timezone}), con arranque en {days}",
    "days": {
        "MON": "lunes",
        "TUE": "martes",
        "WED": "miércoles",
        "THU": "jueves",
        "FRI": "viernes",
        "SAT": "sábado",
        "SUN": "domingo",
    },
    "work": "Copia de su trabajo",
    "work_value": "{uri}",
    "work_failed": "{failed}. La siguiente copia, en unos minutos, lo reintenta; sus ficheros están en el volumen",
    "work_none": "ninguna en {environment}: guarde su trabajo en Git",
    "start_script": "Script de arranque",
    "start_script_running": "`{path}` está en ejecución",
    "start_script_succeeded": "`{path}` terminó bien",
    "start_script_failed": (
        "`{path}` falló con el código {code}. Su salida está en ~/SageMaker/.mlproject/start-script.log"
    ),
    "start_script_timeout": (
        "`{path}` se detuvo tras {minutes} minutos. Su salida está en ~/SageMaker/.mlproject/start-script.log"
    ),
    "start_script_unchecked": "`{path}` aún no ha empezado",
    "problem": "Configuración",
    "log": "Registro",
    "no_certificates": "la máquina no tiene certificados propios, así que solo se confía en los privados",
    "no_sparkmagic": "no se encontró ningún kernel de SparkMagic, así que los notebooks no pueden usar Spark",
    "no_botocore": (
        "el Python de SparkMagic no tiene botocore, que firma las peticiones a la aplicación. Ejecute "
        "`{python} -m pip install botocore` en una terminal"
    ),
    "sparkmagic_invalid": (
        "SparkMagic no pudo leer su `~/.sparkmagic/config.json`, que ahora se llama `{file}`. Corrija ahí sus ajustes "
        "y cópielos en el nuevo `config.json`"
    ),
    "data": "Datos",
    "artifacts": "Resultados y bibliotecas",
    "open_console": "abrir en la consola",
    "examples": "Ejemplos",
    "help_title": "%mlproject puede:",
    "help": (
        ("%mlproject status", "mostrar el estado de este notebook: bibliotecas, clúster, coste, parada"),
        ("%mlproject variables", "listar las variables del proyecto que tiene este kernel"),
    ),
    "unknown": "%mlproject {word}: no existe ese comando. {help}",
    "undescribed": (
        "Este kernel no se ejecuta en una instancia de notebook de un proyecto: %mlproject no tiene qué mostrar."
    ),
}

TEXTS = {"en": ENGLISH, "es": SPANISH}
