"""The words by which columns and states are known: English, then German, Dutch, French and Spanish.

Lower case letters and digits alone, accents gone; the likeliest first.
"""


def _words(text: str) -> list[str]:
    return text.split()


COLUMNS: dict[str, list[str]] = {
    "number": _words("""
        dealnumber dealid dealno opportunityid opportunitynumber ordernumber orderid orderno saleid salenumber
        salesid invoicenumber invoiceid invoiceno transactionid documentnumber number no nr id key reference ref
        auftragsnummer auftragsnr bestellnummer rechnungsnummer belegnummer belegnr nummer ordernummer factuurnummer
        numerodecommande numerocommande numerodefacture numero numerodepedido numeropedido numerodefactura pedido
    """),
    "date": _words("""
        closedate closeddate dateclosed closingdate saledate salesdate datesold solddate orderdate invoicedate
        dealdate windate wondate transactiondate documentdate date day on verkaufsdatum abschlussdatum auftragsdatum
        rechnungsdatum bestelldatum belegdatum datum verkoopdatum besteldatum orderdatum factuurdatum datedevente
        datedecommande datedecloture datedefacture fechadeventa fechadecierre fechadepedido fechadefactura fecha
    """),
    "date_fallback": _words("""
        engagedate opendate openeddate createddate createdate createdat created creationdate startdate enquirydate
        leaddate quotedate erstelltam erstelldatum angebotsdatum aangemaaktop datedecreation fechadecreacion
    """),
    "member": _words("""
        salesperson salesagent salesrep salesrepresentative seller rep agent accountmanager accountexecutive
        dealowner opportunityowner owner soldby employee advisor consultant member salespersonemail selleremail
        email verkaufer vertriebsmitarbeiter vertreter mitarbeiter betreuer verkoper vertegenwoordiger medewerker
        vendeur commercial representant vendedor comercial representante asesor
    """),
    "customer": _words("""
        customer customername client clientname account accountname buyer buyername soldto company companyname kunde
        kundenname klant klantnaam acheteur nomduclient cliente nombredelcliente
    """),
    "customer_branch": _words("""
        customerbranch branch location shipto customersite filiale niederlassung vestiging succursale sucursal
    """),
    "wholesaler_branch": _words("""
        wholesalerbranch wholesaler distributor dealer reseller grosshandler groothandel grossiste mayorista
    """),
    "company": _words("""
        operatingcompany legalentity entity businessunit ourcompany subsidiary division gesellschaft mandant
        werkmaatschappij societe sociedad empresa
    """),
    "sales_ledger": _words("""
        salesledger ledger salesstream marketplace store verkaufsbuch grootboek journaldesventes
    """),
    "channel": _words("""
        channel saleschannel source leadsource ordersource origin medium kanal vertriebskanal verkaufskanal kanaal
        verkoopkanaal canal canaldevente canaldeventa
    """),
    "zone": _words("""
        zone territory region area salesregion gebiet verkaufsgebiet regio gebied territoire secteur zona territorio
    """),
    "state": _words("""
        state status dealstate dealstage dealstatus stage salesstage orderstatus salestatus opportunitystage phase
        zustand auftragsstatus verkaufsphase fase etat statut etape estado etapa
    """),
    "brand": _words("""
        brand make manufacturer series productline productgroup marke hersteller merk fabrikant marque fabricant
        marca
    """),
    "product": _words("""
        product productname item itemname article model description sku produkt artikel bezeichnung produktname
        produit modele designation producto articulo modelo descripcion
    """),
    "quantity": _words("""
        quantity qty units pieces count menge anzahl stuck aantal hoeveelheid quantite nombre cantidad unidades
    """),
    "net": _words("""
        netamount net amount closevalue dealvalue value netvalue netprice subtotal revenue sales salesamount price
        linetotal nettobetrag netto betrag umsatz nettowert nettobedrag bedrag omzet montantht montant
        chiffredaffaires importeneto neto importe valor
    """),
    "gross": _words("""
        grossamount gross grossvalue totalamount total totalprice brutto bruttobetrag brutobedrag bruto montantttc
        ttc bruto importebruto
    """),
    "margin": _words("""
        margin grossmargin profit grossprofit marge rohertrag deckungsbeitrag gewinn winst brutomarge benefice
        margen beneficio
    """),
}
CONFIRMED = _words("""
    won closedwon confirmed sold paid invoiced delivered completed complete done shipped fulfilled accepted
    gewonnen verkauft bezahlt abgeschlossen verkocht betaald gagne gagnee vendu paye ganado ganada vendido
    pagado
""")
PROPOSED = _words("""
    open engaging engaged proposed proposal quote quoted quotation offer pending pipeline prospecting prospect
    lead negotiation qualified new draft inprogress offen angebot entwurf offerte openstaand enattente devis
    ouvert abierto pendiente oferta
""")
NEITHER = _words("""
    lost closedlost cancelled canceled rejected declined returned refunded void dead verloren storniert
    abgelehnt geannuleerd afgewezen perdu annule refuse perdido cancelado rechazado
""")
